// SPDX-License-Identifier: Apache-2.0

import ControlProtocol

/// Requests by the descriptions of methods, mostly right.
struct RequestRecipe {
    private var next = 0

    /// - Parameter port: the port's name.
    mutating func make(_ input: inout Input, port: String) -> [UInt8] {
        let method = input.pick(MethodDescription.all)
        let code = input.byte()
        var parameters: [String: JSONValue] = [:]
        for parameter in method.parameters where parameter.isRequired || input.flag() {
            parameters[parameter.name] = value(parameter, &input, port)
        }
        if code & 0x70 == 0x70 { parameters["more"] = JSONValue.null }
        let name = code & 0x70 == 0x60 ? text(&input) : method.name
        return ControlRequest(id: identifier(code), method: name, parameters: parameters).json.line + [
            UInt8(ascii: "\n")
        ]
    }

    private mutating func identifier(_ code: UInt8) -> JSONValue? {
        next += 1
        switch code & 15 {
        case 0: return nil
        case 1: return .null
        case 2: return .string("\"\u{0}é\(next)")
        case 3: return .number(Double(next) / 3)
        case 4: return .integer(-.max)
        default: return .integer(next)
        }
    }

    private func value(_ parameter: MethodDescription.Parameter, _ input: inout Input, _ port: String) -> JSONValue {
        let code = input.byte()
        guard code % 16 != 15 else { return input.pick([nil, true, 1, "x", [1], [:], .number(0.5), .integer(.min)]) }
        switch parameter.kind {
        case .boolean: return .bool(code & 1 == 1)
        case .integer(let range): return .integer(integer(range, code, &input))
        case .choice(let choices): return .string(choices[Int(code) % choices.count])
        case .strings: return .array((0..<Int(code & 3)).map { _ in .string(word(parameter.name, &input)) })
        case .string:
            return .string(
                parameter.name == "port" ? (code & 0x40 != 0 ? text(&input) : port) : word(parameter.name, &input))
        }
    }

    private func integer(_ range: ClosedRange<Int>, _ code: UInt8, _ input: inout Input) -> Int {
        switch code % 16 {
        case 0: range.lowerBound
        case 1: range.upperBound
        case 2: range.upperBound &+ 1
        case 3: range.lowerBound &- 1
        default: range.lowerBound + Int(input.value16()) % min(range.count, 0x10000)
        }
    }

    /// A word that a parameter of this name takes, or none that it does.
    private func word(_ name: String, _ input: inout Input) -> String {
        let words: [String] =
            switch name {
            case "names":
                ["CTRL", "STATUS", "TDT[3]", "RAL[0]", "EITR*", "0x3818", "VMBMEM[5]", "*MPC*", "TD?L", "CTRL[9]"]
            case "kinds": ["config", "registers", "mailbox", "interrupts", "resets"]
            case "events": ["link", "client", "reset", "misuse", "drops", "fault"]
            case "mac": ["02:00:00:00:00:02", "02:00:00:00:00:77", "01:00:00:00:00:01", "00:00:00:00:00:00"]
            case "faults":
                [
                    "", "seed=7,loss=1% in", "tx-hang=every 1s for 1s queue 3", "vf-reset=every 1ms vf0",
                    "nvm-data=every 2", "loss",
                ]
            default: []
            }
        let index = Int(input.byte()) % (words.count + 1)
        return index < words.count ? words[index] : text(&input)
    }

    private func text(_ input: inout Input) -> String {
        String(decoding: input.take(Int(input.byte() & 31)), as: UTF8.self)
    }
}
