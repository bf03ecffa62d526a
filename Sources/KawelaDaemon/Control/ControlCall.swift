// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import HostSystem

/// A request that ports' threads are answering.
struct ControlCall {
    /// Number of the connection.
    var connection: Int
    /// What the answer refers to; `nil` when none is wanted.
    var id: JSONValue?
    /// What each port asked has answered.
    var parts: [Result<JSONValue, ControlError>?]
    /// Makes the answer of those parts, in the order of ports.
    var combine: ([JSONValue]) -> JSONValue
    /// When no more is waited for.
    var deadline: ContinuousClock.Instant

    /// The answer, once all parts are there.
    var result: Result<JSONValue, ControlError>? {
        var values: [JSONValue] = []
        for part in parts {
            switch part {
            case nil: return nil
            case .failure(let error): return .failure(error)
            case .success(let value): values.append(value)
            }
        }
        return .success(combine(values))
    }
}

// MARK: Requests

extension ControlServer {
    /// Answers a request at once, or asks ports.
    func handle(_ request: ControlRequest, of connection: ControlConnection) {
        do throws(ControlError) {
            guard let method = MethodDescription.named(request.method) else { throw .unknownMethod(request.method) }
            try method.check(request.parameters)
            guard let result = try answer(request, of: connection) else { return }
            finish(request.id, .success(result), of: connection)
        } catch {
            finish(request.id, .failure(error), of: connection)
        }
    }

    private func finish(_ id: JSONValue?, _ result: Result<JSONValue, ControlError>, of connection: ControlConnection) {
        if let id { connection.send(ControlResponse(id: id, result)) }
    }

    /// - Returns: `nil` when ports have been asked.
    private func answer(
        _ request: ControlRequest, of connection: ControlConnection
    ) throws(ControlError) -> JSONValue? {
        switch request.method {
        case "version":
            return [
                "program": "kawela", "version": .string(kawelaVersion),
                "protocol": .integer(MethodDescription.protocolVersion),
            ]
        case "methods": return MethodDescription.schemas
        case "subscribe": return try subscribe(connection, to: request.parameters["events"])
        case "reload":
            guard let reload else { throw .refused("there is no configuration file: start with --config FILE") }
            reload()
            return [:]
        case "trace.start", "capture.start": try startStream(request, of: connection)
        case "matrix": try countMatrix(request, of: connection)
        case "ports", "counters": try askAll(request, of: connection)
        default: try ask([try port(request.parameters)], request, of: connection) { $0.first ?? [:] }
        }
        return nil
    }

    private func subscribe(_ connection: ControlConnection, to names: JSONValue?) throws(ControlError) -> JSONValue {
        var kinds = Set(ControlEvent.Kind.allCases)
        if let names = names?.array {
            kinds = []
            for name in names {
                guard let kind = ControlEvent.Kind(rawValue: name.string ?? "") else {
                    let known = ControlEvent.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                    throw .invalidParameters("there is no event '\(name.string ?? "")': there are \(known)")
                }
                kinds.insert(kind)
            }
        }
        connection.events = kinds
        return ["events": .array(kinds.map(\.rawValue).sorted().map { .string($0) })]
    }

    /// The position of the port that is meant.
    func port(_ parameters: [String: JSONValue]) throws(ControlError) -> Int {
        guard let name = parameters["port"]?.string else {
            guard ports.count == 1 else {
                throw .invalidParameters("there are several ports: give \"port\", one of \(portNames)")
            }
            return 0
        }
        guard let position = ports.firstIndex(where: { $0.name == name }) else {
            throw .invalidParameters("there is no port '\(name)': there is \(portNames)")
        }
        return position
    }

    private var portNames: String { ports.map { "'\($0.name)'" }.joined(separator: ", ") }
}

// MARK: Asking ports

extension ControlServer {
    /// Asks one port or all, whose answers make one.
    private func askAll(_ request: ControlRequest, of connection: ControlConnection) throws(ControlError) {
        let asked = request.parameters["port"] == nil ? Array(ports.indices) : [try port(request.parameters)]
        try ask(asked, request, of: connection) { parts in
            var answer: [String: JSONValue] = ["ports": .array(parts)]
            if request.method == "counters" { answer["time"] = .counter(monotonicNanoseconds()) }
            return .object(answer)
        }
    }

    func ask(
        _ positions: [Int], _ request: ControlRequest, of connection: ControlConnection,
        subject: PortQuestion.Subject? = nil, combine: @escaping ([JSONValue]) -> JSONValue
    ) throws(ControlError) {
        let number = nextCall
        nextCall += 1
        let subject = subject ?? .method(request.method, request.parameters)
        for (part, position) in positions.enumerated() {
            let question = PortQuestion(subject: subject) { [mailbox] result in
                mailbox.put(ControlMailbox.Reply(call: number, part: part, result: result))
            }
            guard ports[position].control.ask(question) else { throw .busy("the port has too many questions waiting") }
        }
        calls[number] = ControlCall(
            connection: connection.number, id: request.id, parts: Array(repeating: nil, count: positions.count),
            combine: combine, deadline: .now + Self.answerTime)
        connection.isWaiting = true
    }

    func take(_ reply: ControlMailbox.Reply) {
        guard var call = calls[reply.call] else { return }
        call.parts[reply.part] = reply.result
        calls[reply.call] = call
        if let result = call.result { end(reply.call, result) }
    }

    func endLateCalls() {
        for (number, call) in calls where call.deadline <= .now {
            end(number, .failure(.busy("the port does not answer")))
        }
    }

    private func end(_ number: Int, _ result: Result<JSONValue, ControlError>) {
        guard let call = calls.removeValue(forKey: number), let connection = connection(call.connection) else { return }
        connection.isWaiting = false
        // A port that is late begins the stream all the same.
        if case .failure = result { endStream(of: connection) }
        if let id = call.id { connection.send(ControlResponse(id: id, result)) }
    }
}
