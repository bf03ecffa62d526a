// SPDX-License-Identifier: Apache-2.0

import KawelaWeb
import Testing

@Suite struct MetricsServiceTests {
    private let folder = try! TemporaryFolder()
    private var control: String { folder.path + "/control" }
    private var socket: String { folder.path + "/http" }

    private func start() async throws -> RunningService {
        try await RunningService(.metrics(control: control, at: .unix(path: socket)))
    }

    @Test func metricsAreServedAsOpenMetrics() async throws {
        let server = try ScriptedControlServer(path: control, card: SampleCard())
        let service = try await start()
        let answer = try await WebAnswer.ask(socket, "/metrics")
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
        #expect(answer.body.contains("\nkawela_port_link_up{port=\"lan\"} 1\n"))
        #expect(answer.body.hasSuffix("# EOF\n"))
        #expect(try await WebAnswer.ask(socket, "/").status == 404)
        await service.stop()
        server.end()
    }

    @Test func aServerThatIsStartedAgainIsAskedAgain() async throws {
        let first = try ScriptedControlServer(path: control, card: SampleCard())
        let service = try await start()
        #expect(try await WebAnswer.ask(socket, "/metrics").status == 200)
        first.end()
        let answer = try await WebAnswer.ask(socket, "/metrics")
        #expect(answer.status == 503 && answer.body.contains("cannot reach a control socket at \(control)"))
        let second = try ScriptedControlServer(path: control, card: SampleCard())
        #expect(try await WebAnswer.ask(socket, "/metrics").status == 200)
        await service.stop()
        second.end()
    }

    @Test func aSocketFileNobodyAnswersAtIsReplacedAndOneInUseIsNot() async throws {
        let service = try await start()
        await service.stop()
        let again = try await startAgain()
        await #expect(throws: LocalService.Failure.self) { _ = try await start() }
        await again.stop()
    }

    /// The socket of a service that was stopped answers for a moment longer.
    private func startAgain() async throws -> RunningService {
        for _ in 0..<100 {
            if let service = try? await start() { return service }
            try await Task.sleep(for: .milliseconds(50))
        }
        return try await start()
    }

    @Test func aFreePortIsChosenAndAnnounced() async throws {
        let service = try await RunningService(.metrics(control: control, at: .loopback(port: 0)))
        #expect(service.location.wholeMatch(of: /http:\/\/127\.0\.0\.1:[1-9][0-9]*\/metrics/) != nil)
        await service.stop()
    }
}
