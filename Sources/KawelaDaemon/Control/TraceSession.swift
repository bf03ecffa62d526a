// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import HostSystem
import Intel82576
import Synchronization
import SystemPackage

/// A trace for a client of the control socket: first a line with the header, then one for each event.
final class TraceSession: ByteStream {
    private enum Format {
        case json(TraceJSON)
        case text(TraceText)
    }

    private struct State {
        /// Once the header is known.
        var format: Format?
        var hasHeader = false
        var hasEnded = false
    }

    let recorder: TraceRecorder
    private let filter: TraceFilter
    private let isText: Bool
    private let event: Event
    private let state = Mutex(State())

    /// - Parameters:
    ///   - parameters: of `trace.start`.
    ///   - virtualFunctions: that the port may have.
    init(_ parameters: [String: JSONValue], virtualFunctions: Int) throws(ControlError) {
        var filter = TraceFilter.everything
        if let name = parameters["function"]?.string {
            guard let function = functionNumber(name, virtualFunctions: virtualFunctions) else {
                throw .invalidParameters("the port has no '\(name)'")
            }
            filter.functions = 1 << UInt16(function)
        }
        if let names = parameters["kinds"]?.array { filter.kinds = try Self.kinds(names) }
        let event: Event
        do throws(Errno) { event = try Event() } catch { throw .refused("cannot trace: \(error)") }
        (self.filter, self.event, isText) = (filter, event, parameters["format"] == "text")
        recorder = TraceRecorder(filter, clock: monotonicNanoseconds) { event.signal() }
    }

    private static func kinds(_ names: [JSONValue]) throws(ControlError) -> TraceFilter.Kinds {
        var kinds: TraceFilter.Kinds = []
        for name in names.compactMap(\.string) {
            guard let kind = TraceFilter.Kinds.names.first(where: { $0.name == name })?.kind else {
                let known = TraceFilter.Kinds.names.map(\.name).joined(separator: ", ")
                throw .invalidParameters("there is nothing '\(name)' to trace: there are \(known)")
            }
            kinds.insert(kind)
        }
        return kinds
    }

    // MARK: The port's thread

    func start(on target: PortAnswers) throws(ControlError) -> JSONValue {
        try target.add(self)
        let header = TraceHeader(
            of: target.port, target.plan, time: monotonicNanoseconds(), isFromStart: false, filter: filter)
        state.withLock { $0.format = isText ? .text(TraceText(header)) : .json(TraceJSON(header)) }
        event.signal()
        return ["format": .string(isText ? "text" : "json")]
    }

    func stop(on target: PortAnswers) { target.remove(self) }

    func end() {
        state.withLock { $0.hasEnded = true }
        event.signal()
    }

    // MARK: The control socket's thread

    var descriptor: CInt { event.descriptor }
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    func take() -> [UInt8] {
        event.take()
        let events = recorder.take()
        return state.withLock { state in
            guard let format = state.format else { return [] }
            var lines: [String] = []
            switch format {
            case .json(var encoder):
                if !state.hasHeader { lines.append(encoder.headerLine) }
                for event in events { lines.append(encoder.line(event)) }
                state.format = .json(encoder)
            case .text(var encoder):
                if !state.hasHeader { lines.append(encoder.headerLine) }
                for event in events { lines.append(encoder.line(event)) }
                state.format = .text(encoder)
            }
            state.hasHeader = true
            return Array(lines.map { $0 + "\n" }.joined().utf8)
        }
    }
}
