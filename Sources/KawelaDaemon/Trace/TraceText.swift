// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// Writes a trace for people, an event a line, in columns: seconds since the trace began, function, what happened.
struct TraceText {
    let header: TraceHeader
    private var annotator = TraceAnnotator()

    init(_ header: TraceHeader) { self.header = header }

    /// The first line.
    var headerLine: String {
        let configuration = header.configuration
        var parts = ["kawela trace \(TraceHeader.version)", "\(configuration.nvm.macAddress)"]
        if let name = header.name { parts.insert("port \(name)", at: 1) }
        if configuration.virtualFunctions > 0 { parts.append("VFs: \(configuration.virtualFunctions)") }
        if configuration.isSynchronous { parts.append("synchronous") }
        parts.append("carrier \(header.hasCarrier ? "up" : "down")")
        if !header.isFromStart { parts.append("begun while the port was in use") }
        if !header.isComplete {
            let functions = header.functions.map(functionName)
            parts.append(
                "only \(header.filter.kinds.names.joined(separator: " ")) of \(functions.joined(separator: " "))")
        }
        return "# " + parts.joined(separator: ", ")
    }

    /// The line of the next event.
    mutating func line(_ event: TraceEvent) -> String {
        let (subject, text) = describe(event.kind)
        return "\(seconds(event.time))  \(pad(subject, to: 4))  \(text)"
    }

    private mutating func describe(_ kind: TraceEvent.Kind) -> (subject: String, text: String) {
        switch kind {
        case .access(let access): (functionName(access.function), text(access))
        case .interrupt(let interrupt, let function): (functionName(function), interrupt.text)
        case .reset(.port(let level)): (functionName(0), "reset \(level.rawValue)")
        case .reset(.virtualFunction(let index)): (functionName(index + 1), "reset")
        case .port(.clientReset(let function)): (functionName(function), "reset by its client")
        case .port(.clientLeft(let function)): (functionName(function), "client left")
        case .port(.carrier(let isUp)): ("port", "carrier \(isUp ? "up" : "down")")
        case .port(.timer): ("port", "timer")
        case .lost(let count): ("port", "\(count) events lost")
        }
    }

    /// `W  BAR0  CTRL          0x04000040  RST=1`
    private mutating func text(_ access: FunctionAccess) -> String {
        let annotation = annotator.annotate(access)
        let names = annotation.registers.map(\.label)
        let place = names.isEmpty ? hexadecimal(UInt64(access.offset), bytes: 2) : names.joined(separator: "+")
        let fields = annotation.registers.flatMap { $0.nonzeroFields(in: access.value) }.map {
            "\($0.name)=\($0.value)"
        }
        let meaning = fields + (annotation.message.map { [$0.text] } ?? [])
        let columns = [
            access.isWrite ? "W" : "R", pad(access.space.column, to: 4), pad(place, to: 12),
            hexadecimal(access.value, bytes: access.width),
        ]
        return (columns + (meaning.isEmpty ? [] : [meaning.joined(separator: " ")])).joined(separator: "  ")
    }

    private func seconds(_ time: UInt64) -> String {
        let microseconds = (time &- min(time, header.time)) / 1000
        let fraction = String(microseconds % 1_000_000 + 1_000_000).dropFirst()
        let whole = String(microseconds / 1_000_000)
        return String(repeating: " ", count: max(0, 5 - whole.count)) + whole + "." + fraction
    }
}

private func pad(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

extension FunctionInterrupt {
    /// `MSI-X 2`, `MSI`, `INTx asserted`.
    var text: String {
        switch self {
        case .msix(let vector): "MSI-X \(vector)"
        case .msi: "MSI"
        case .intx(let isAsserted): "INTx \(isAsserted ? "asserted" : "released")"
        }
    }
}

extension FunctionAccess.Space {
    fileprivate var column: String {
        switch self {
        case .configuration: "CFG"
        case .bar(let number): "BAR\(number)"
        }
    }
}
