// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// A register that an access reaches, and which bits of the access are its.
struct TracedRegister: Equatable {
    /// `nil` for what is no register of the chip's list: the MSI-X table, IOADDR.
    var name: RegisterName?
    /// `TDT[3]`.
    var label: String
    /// The bit of the access that is the register's first there.
    var position = 0
    /// The register's bit that the access starts at, when it is narrower.
    var shift = 0

    /// What the access has of the register's bits, where they are in the register.
    func value(in access: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: UInt64(UInt32(truncatingIfNeeded: access >> UInt64(position))) << UInt64(shift))
    }

    /// The bits of an access that are those of `mask` in the register.
    func accessMask(_ mask: UInt32) -> UInt64 { UInt64(mask >> UInt32(shift)) << UInt64(position) }

    /// Names and values of the register's fields; none of one that is a number as a whole.
    func fields(in access: UInt64) -> [(name: String, value: String)] {
        let fields = name.map { RegisterTable.fieldValues(of: $0, value(in: access)) } ?? []
        return fields.count < 2
            ? [] : fields.map { ("\($0.name)", $1 < 10 ? "\($1)" : hexadecimal(UInt64($1), bytes: 1)) }
    }

    /// Those of them that are not zero.
    func nonzeroFields(in access: UInt64) -> [(name: String, value: String)] {
        fields(in: access).filter { $0.value != "0" }
    }
}

// MARK: Which registers an access reaches

extension TracedRegister {
    /// Those of BAR 0 that an access of `width` bytes at `offset` reaches; none for a hole.
    static func find(_ function: Int, at offset: Int, width: Int) -> [TracedRegister] {
        let words = width == 8 ? [0, 4] : [0]
        return words.compactMap { word in
            guard let (name, label) = identify(function, (offset & ~3) + word) else { return nil }
            return TracedRegister(name: name, label: label, position: 8 * word, shift: 8 * (offset & 3 & (4 - width)))
        }
    }

    private static func identify(_ function: Int, _ offset: Int) -> (name: RegisterName, label: String)? {
        guard function == 0 else { return virtual[offset] }
        guard let entry = RegisterMap.shared[offset / 4] else { return nil }
        return (entry.name, label(entry.name, Int(entry.element), isArray: isArray(entry.name)))
    }

    private static func isArray(_ name: RegisterName) -> Bool { RegisterMap.shared.find(name, 1) != nil }

    private static func label(_ name: RegisterName, _ index: Int, isArray: Bool) -> String {
        isArray ? "\(name)[\(index)]" : "\(name)"
    }

    /// The registers of a VF by their offsets in its own space.
    private static let virtual: [Int: (name: RegisterName, label: String)] = {
        var found: [Int: (name: RegisterName, label: String)] = [:]
        for spec in RegisterTable.virtual {
            for (index, offset) in spec.offsets.enumerated() {
                let register = (spec.name, label(spec.name, index, isArray: spec.count > 1))
                found[Int(offset)] = register
                if index < spec.aliasCount { found[Int(spec.alias + UInt32(index) * spec.aliasStride)] = register }
            }
        }
        return found
    }()

    /// A part of the MSI-X table or the PBA, in BAR 3.
    static func vector(at offset: Int) -> TracedRegister {
        if offset >= PhysicalFunctionConfiguration.pendingBitsOffset { return TracedRegister(label: "PBA") }
        let parts = ["ADDR", "ADDRH", "DATA", "CTRL"]
        return TracedRegister(label: "MSIX[\(offset / 16)].\(parts[offset / 4 % 4])")
    }
}
