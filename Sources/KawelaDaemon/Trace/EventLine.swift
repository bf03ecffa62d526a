// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// The line of an event as it is written: which keys there are depends on ``op``.
struct EventLine: Decodable {
    var t: UInt64
    var op: String
    var fn: String?
    var space: String?
    var offset: String?
    var width: Int?
    var value: String?
    var kind: String?
    var vector: Int?
    var asserted: Bool?
    var level: String?
    var up: Bool?
    var count: Int?
}

extension TraceEvent {
    init(_ line: EventLine, virtualFunctions: Int) throws(InvalidLine) {
        time = try checkedTime(line.t)
        switch line.op {
        case "read", "write": kind = .access(try FunctionAccess(line, line.function(virtualFunctions)))
        case "interrupt": kind = .interrupt(try FunctionInterrupt(line), function: try line.function(virtualFunctions))
        case "reset": kind = .reset(try PortReset(line, line.function(virtualFunctions)))
        case "client-reset": kind = .port(.clientReset(function: try line.function(virtualFunctions)))
        case "client-left": kind = .port(.clientLeft(function: try line.function(virtualFunctions)))
        case "carrier": kind = .port(.carrier(isUp: try require(line.up, "up")))
        case "timer": kind = .port(.timer)
        case "lost": kind = .lost(max(0, try require(line.count, "count")))
        default: throw InvalidLine("\"op\" is nothing that a trace has")
        }
    }
}

extension EventLine {
    fileprivate func function(_ virtualFunctions: Int) throws(InvalidLine) -> Int {
        let name = try require(fn, "fn")
        guard let number = functionNumber(name, virtualFunctions: virtualFunctions) else {
            throw InvalidLine("\"fn\" is no function of this port")
        }
        return number
    }
}

extension FunctionAccess {
    /// - Throws: unless the function has what is accessed, in the way that a transport accesses it.
    fileprivate init(_ line: EventLine, _ function: Int) throws(InvalidLine) {
        guard let space = Space(name: try require(line.space, "space")) else {
            throw InvalidLine("\"space\" is not config or bar0 to bar5")
        }
        let width = try require(line.width, "width")
        guard [1, 2, 4].contains(width) || (width == 8 && space != .configuration) else {
            throw InvalidLine("\"width\" is not 1, 2, 4 or, in a BAR, 8")
        }
        let offset = try number(try require(line.offset, "offset"), "offset")
        guard offset < UInt64(space.size(of: function)), offset % UInt64(width) == 0 else {
            throw InvalidLine("\"offset\" is outside of \(space.name), or no multiple of the width")
        }
        let value = try number(try require(line.value, "value"), "value")
        guard width == 8 || value >> UInt64(8 * width) == 0 else {
            throw InvalidLine("\"value\" is wider than \"width\"")
        }
        let make = line.op == "write" ? FunctionAccess.write : FunctionAccess.read
        self = make(function, space, Int(offset), width, value)
    }
}

extension FunctionInterrupt {
    fileprivate init(_ line: EventLine) throws(InvalidLine) {
        switch try require(line.kind, "kind") {
        case "msix": self = .msix(vector: try require(line.vector, "vector"))
        case "msi": self = .msi
        case "intx": self = .intx(isAsserted: try require(line.asserted, "asserted"))
        default: throw InvalidLine("\"kind\" is none of msix, msi, intx")
        }
    }
}

extension PortReset {
    fileprivate init(_ line: EventLine, _ function: Int) throws(InvalidLine) {
        guard function == 0 else {
            self = .virtualFunction(function - 1)
            return
        }
        guard let level = ResetLevel(rawValue: try require(line.level, "level")) else {
            throw InvalidLine("\"level\" is none of software, function, powerOn")
        }
        self = .port(level)
    }
}

private func number(_ text: String, _ key: String) throws(InvalidLine) -> UInt64 {
    let digits = text.dropFirst(2)
    guard text.hasPrefix("0x"), digits.first != "+", let number = UInt64(digits, radix: 16) else {
        throw InvalidLine("\"\(key)\" is no number such as \"0x1f\"")
    }
    return number
}
