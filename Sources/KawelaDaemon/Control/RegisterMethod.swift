// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Intel82576

// The answer of `registers`.

extension PortAnswers {
    /// Registers that one request may ask for.
    private static let registerLimit = 4096

    func registers(_ names: [JSONValue]?, of function: String?) throws(ControlError) -> JSONValue {
        let number = function.flatMap { functionNumber($0) } ?? 0
        guard number == 0 || exists(number) else { throw .refused("\(functionName(number)) does not exist now") }
        let wanted = try names.map { names throws(ControlError) in try find(names.compactMap(\.string)) }
        let all = (wanted ?? RegisterTable.find("*")).compactMap { live($0.name, $0.element, of: number) }
        let shown = wanted == nil ? all.filter { $0.value != $0.reset } : all
        return ["registers": .array(shown.map { describe($0) })]
    }

    private func find(_ names: [String]) throws(ControlError) -> [(name: RegisterName, element: Int)] {
        var found: [(name: RegisterName, element: Int)] = []
        for name in names {
            let matches = RegisterTable.find(name)
            guard !matches.isEmpty else {
                throw .invalidParameters("there is no register '\(name)': 'kawela registers' lists them")
            }
            found += matches
            guard found.count <= Self.registerLimit else { throw .invalidParameters("these are too many registers") }
        }
        return found
    }
}

/// A register as it stands.
private struct LiveRegister {
    var name: RegisterName
    var label: String
    var offset: Int
    var value: UInt32
    var reset: UInt32
}

extension PortAnswers {
    /// `nil` when the function has no such register.
    private func live(_ name: RegisterName, _ element: Int, of function: Int) -> LiveRegister? {
        guard function > 0 else { return physical(name, element) }
        guard let row = RegisterTable.virtual.first(where: { $0.name == name }), element < row.count else { return nil }
        let offset = Int(row.offset) + Int(row.stride) * element
        return port.peekVirtual(function - 1, offset).map { value in
            LiveRegister(
                name: name, label: row.count > 1 ? "\(name)[\(element)]" : "\(name)", offset: offset, value: value,
                reset: row.reset)
        }
    }

    private func physical(_ name: RegisterName, _ element: Int) -> LiveRegister? {
        guard let value = port.peek(name, element), let word = RegisterMap.shared.find(name, element),
            let entry = RegisterMap.shared[word]
        else { return nil }
        let isArray = RegisterMap.shared.find(name, 1) != nil
        return LiveRegister(
            name: name, label: isArray ? "\(name)[\(element)]" : "\(name)", offset: word * 4, value: value,
            reset: RegisterTable.physical[Int(entry.row)].reset)
    }

    private func describe(_ register: LiveRegister) -> JSONValue {
        let fields = RegisterTable.fieldValues(of: register.name, register.value)
        return [
            "name": .string(register.label), "offset": .string(hexadecimal(UInt64(register.offset), bytes: 2)),
            "value": .string(hexadecimal(UInt64(register.value), bytes: 4)),
            "reset": .string(hexadecimal(UInt64(register.reset), bytes: 4)),
            "fields": .array(fields.map { describe($0.field, $0.value) }),
        ]
    }

    private func describe(_ field: RegisterField, _ value: UInt32) -> JSONValue {
        let (low, high) = (field.bits.lowerBound, field.bits.upperBound)
        return [
            "name": .string("\(field.name)"), "bits": .string(low == high ? "\(low)" : "\(high):\(low)"),
            "value": .integer(Int(value)), "meaning": .string("\(field.meaning)"),
        ]
    }
}
