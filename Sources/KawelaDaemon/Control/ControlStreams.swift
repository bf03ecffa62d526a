// SPDX-License-Identifier: Apache-2.0

import ControlProtocol

// What a port does for a connection as long as that lasts: streams, and counting who sends to whom.

extension TraceSession {
    func take(into output: inout [UInt8]) { output += take() }
}

extension ControlServer {
    /// Has the port fill a stream for the connection from now on.
    func startStream(_ request: ControlRequest, of connection: ControlConnection) throws(ControlError) {
        guard connection.stream == nil else { throw .refused("this connection has a stream already") }
        let position = try port(request.parameters)
        let stream = try makeStream(request, ports[position])
        try ask([position], request, of: connection, subject: .stream(stream)) { $0.first ?? [:] }
        connection.stream = (stream, position)
    }

    /// Has the port fill the connection's stream no more.
    func endStream(of connection: ControlConnection) {
        guard let stream = connection.stream else { return }
        connection.stream = nil
        _ = ports[stream.port].control.ask(PortQuestion(subject: .endStream(stream.source), reply: { _ in }))
    }

    private func makeStream(_ request: ControlRequest, _ port: Port) throws(ControlError) -> any ByteStream {
        guard request.method == "capture.start" else {
            return try TraceSession(request.parameters, virtualFunctions: port.virtualFunctions)
        }
        return try CaptureSession(
            request.parameters, port: port.name, virtualFunctions: port.virtualFunctions)
    }
}

// MARK: Who sends to whom

extension ControlServer {
    /// Has the port count for the connection, or for it no more.
    func countMatrix(_ request: ControlRequest, of connection: ControlConnection) throws(ControlError) {
        let position = try port(request.parameters)
        let isOn = request.parameters["on"] == true
        let subject = PortQuestion.Subject.matrix(connection: connection.number, isOn: isOn)
        try ask([position], request, of: connection, subject: subject) { $0.first ?? [:] }
        if isOn { connection.countedPorts.insert(position) } else { connection.countedPorts.remove(position) }
    }

    /// Has no port count for the connection any more.
    func endMatrix(of connection: ControlConnection) {
        for position in connection.countedPorts {
            let subject = PortQuestion.Subject.matrix(connection: connection.number, isOn: false)
            _ = ports[position].control.ask(PortQuestion(subject: subject, reply: { _ in }))
        }
        connection.countedPorts = []
    }
}
