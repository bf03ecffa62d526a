// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Intel82576

/// Writes a trace as JSON, an object a line: first the header, then an event each.
///
/// Numbers that have bits are strings in hexadecimal. `register`, `fields` and `message` explain an access and are not
/// read back.
struct TraceJSON {
    let header: TraceHeader
    private var annotator = TraceAnnotator()

    init(_ header: TraceHeader) { self.header = header }

    /// The first line.
    var headerLine: String {
        var object = JSONObject()
        object.add("kawela-trace", .integer(TraceHeader.version))
        if let name = header.name { object.add("port", .string(name)) }
        object.add("t", .counter(header.time))
        object.add("vfs", .integer(header.configuration.virtualFunctions))
        object.add("synchronous", .bool(header.configuration.isSynchronous))
        object.add("keeps-nvm", .bool(header.configuration.keepsNVM))
        object.add("carrier", .bool(header.hasCarrier))
        object.add("from-start", .bool(header.isFromStart))
        object.add("functions", .array(header.functions.map { .string(functionName($0)) }))
        object.add("kinds", .array(header.filter.kinds.names.map { .string($0) }))
        let nvm = header.configuration.nvm.bytes.map { hexadecimal(UInt64($0), bytes: 1).dropFirst(2) }.joined()
        object.add("nvm", .string(nvm))
        if let rom = header.configuration.expansionROM { object.add("rom", .integer(rom.size)) }
        return object.text
    }

    /// The line of the next event.
    mutating func line(_ event: TraceEvent) -> String {
        var object = JSONObject()
        object.add("t", .counter(event.time))
        switch event.kind {
        case .access(let access): add(access, to: &object)
        case .interrupt(let interrupt, let function): object.add(interrupt, of: function)
        case .reset(let reset): object.add(reset)
        case .port(let event): object.add(event)
        case .lost(let count):
            object.add("op", "lost")
            object.add("count", .integer(count))
        }
        return object.text
    }

    private mutating func add(_ access: FunctionAccess, to object: inout JSONObject) {
        let annotation = annotator.annotate(access)
        object.add("fn", .string(functionName(access.function)))
        object.add("op", access.isWrite ? "write" : "read")
        object.add("space", .string(access.space.name))
        object.add("offset", .string(hexadecimal(UInt64(access.offset), bytes: 2)))
        object.add("width", .integer(access.width))
        object.add("value", .string(hexadecimal(access.value, bytes: access.width)))
        let registers = annotation.registers
        if !registers.isEmpty { object.add("register", .string(registers.map(\.label).joined(separator: "+"))) }
        let fields = registers.flatMap { $0.nonzeroFields(in: access.value) }
        if !fields.isEmpty { object.add("fields", JSONObject(fields)) }
        if let message = annotation.message { object.add("message", JSONObject(message)) }
    }
}

extension JSONObject {
    fileprivate mutating func add(_ interrupt: FunctionInterrupt, of function: Int) {
        add("fn", .string(functionName(function)))
        add("op", "interrupt")
        switch interrupt {
        case .msix(let vector):
            add("kind", "msix")
            add("vector", .integer(vector))
        case .msi: add("kind", "msi")
        case .intx(let isAsserted):
            add("kind", "intx")
            add("asserted", .bool(isAsserted))
        }
    }

    fileprivate mutating func add(_ reset: PortReset) {
        switch reset {
        case .port(let level):
            add("fn", .string(functionName(0)))
            add("op", "reset")
            add("level", .string(level.rawValue))
        case .virtualFunction(let index):
            add("fn", .string(functionName(index + 1)))
            add("op", "reset")
        }
    }

    fileprivate mutating func add(_ event: PortEvent) {
        switch event {
        case .clientReset(let function):
            add("fn", .string(functionName(function)))
            add("op", "client-reset")
        case .clientLeft(let function):
            add("fn", .string(functionName(function)))
            add("op", "client-left")
        case .carrier(let isUp):
            add("op", "carrier")
            add("up", .bool(isUp))
        case .timer: add("op", "timer")
        }
    }

    fileprivate init(_ fields: [(name: String, value: String)]) {
        self.init()
        for field in fields { add(field.name, .string(field.value)) }
    }

    fileprivate init(_ message: MailboxMessage) {
        self.init()
        add("from", .string(message.sender))
        add("to", .string(message.receiver))
        add("name", .string(message.name))
        add("words", .array(message.words.map { .string(hexadecimal(UInt64($0), bytes: 4)) }))
        add("text", .string(message.text))
    }
}
