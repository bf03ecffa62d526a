// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import HostSystem
import Logging
import Testing

@testable import KawelaDaemon

@Suite("Streams over the control socket") struct ControlStreamsTests {
    private let folder: Folder
    private let control: PortControl
    private let mailbox: ControlMailbox
    private let server: ControlServer
    private let client: Descriptor

    init() throws {
        folder = try Folder()
        (control, mailbox) = (try PortControl(), try ControlMailbox())
        server = try ControlServer(
            path: "\(folder.path)/control.sock", ports: [.init(name: "", control: control, virtualFunctions: 0)],
            mailbox: mailbox, reload: nil, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        client = try UnixSocket.make(.stream)
        try UnixSocket.connect(client, to: "\(folder.path)/control.sock")
    }

    private func turn() throws {
        mailbox.event.signal()
        try server.turn()
    }

    private func request(_ method: String) throws {
        _ = try client.send(ControlRequest(id: 1, method: method).json.line + [10], from: 0)
        for _ in 0..<2 { try turn() }
    }

    /// The streams that the port is to begin or to end, in order.
    private func asked() -> [(isEnd: Bool, stream: any PortStream)] {
        control.take().questions.compactMap { question in
            switch question.subject {
            case .stream(let stream): (false, stream)
            case .endStream(let stream): (true, stream)
            default: nil
            }
        }
    }

    private func fill() {
        while control.ask(PortQuestion(subject: .method("ports", [:]), reply: { _ in })) {}
    }

    @Test("one that a port begins after its client was told that it does not answer is ended again")
    func tooLate() throws {
        try request("capture.start")
        for number in server.calls.keys { server.calls[number]?.deadline = .now }
        try turn()
        let asked = asked()
        try #require(asked.map(\.isEnd) == [false, true])
        #expect(asked[0].stream === asked[1].stream)
    }

    @Test("what was asked behind one that the port did not begin is answered")
    func askedBehind() throws {
        try request("capture.start")
        try request("version")
        for number in server.calls.keys { server.calls[number]?.deadline = .now }
        for _ in 0..<2 { try turn() }
        var received: [UInt8] = []
        _ = try client.receive(into: &received, limit: 10_000)
        let answers = try received.split(separator: 10).map { try JSONValue(parsing: $0) }
        #expect(answers.map { $0["error"]?["code"] } == [-32001, nil])
    }

    @Test("the end of one is asked of the port however many questions wait")
    func crowdedEnd() throws {
        try request("trace.start")
        #expect(asked().map(\.isEnd) == [false])
        fill()
        client.close()
        try turn()
        #expect(asked().map(\.isEnd) == [true])
    }

    @Test("the end of a client that has who sends to whom counted is the end of that, however many questions wait")
    func matrixEnd() throws {
        _ = try client.send(ControlRequest(id: 1, method: "matrix", parameters: ["on": true]).json.line + [10], from: 0)
        for _ in 0..<2 { try turn() }
        func asked() -> [Bool] {
            control.take().questions.compactMap { if case .matrix(_, let isOn) = $0.subject { isOn } else { nil } }
        }
        #expect(asked() == [true])
        for number in server.calls.keys { server.calls[number]?.deadline = .now }
        try turn()
        fill()
        client.close()
        try turn()
        #expect(asked() == [false])
    }

    @Test("a client whose stream was refused because too many questions wait may ask again")
    func crowdedStart() throws {
        fill()
        try request("capture.start")
        _ = control.take()
        try request("capture.start")
        #expect(asked().map(\.isEnd) == [false])
    }

    @Test("a connection that carries one gets no events, also if it asked for them")
    func noEvents() throws {
        try request("subscribe")
        var received: [UInt8] = []
        _ = try client.receive(into: &received, limit: 1000)
        try request("capture.start")
        mailbox.put(ControlEvent(kind: .link, port: "", time: 0, details: [:]))
        try turn()
        received = []
        #expect(try client.receive(into: &received, limit: 1000) == nil)
    }

    @Test("that somebody waits for events is told when there is room for the question again")
    func crowdedWatch() throws {
        fill()
        try request("subscribe")
        _ = control.take()
        try turn()
        let isTold = control.take().questions.contains { if case .watch(true) = $0.subject { true } else { false } }
        #expect(isTold)
    }
}
