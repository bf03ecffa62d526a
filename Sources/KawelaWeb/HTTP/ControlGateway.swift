// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Dispatch
import Synchronization

/// Asks a control socket on behalf of many, one call after the other, over one connection, which is made when it is needed
/// and made anew when `kawela serve` has been started again.
final class ControlGateway: Sendable {
    typealias Answer = Result<ControlProtocol.JSONValue, ControlClient.Failure>

    private let path: String
    private let client = Mutex<ControlClient?>(nil)
    /// Calls wait for their answers here, where they keep no thread from other requests.
    private let queue = DispatchQueue(label: "control")

    init(path: String) { self.path = path }

    func call(
        _ method: String, _ parameters: [String: ControlProtocol.JSONValue] = [:]
    ) async throws(ControlClient.Failure) -> ControlProtocol.JSONValue {
        let answer: Answer = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.ask(method, parameters)) }
        }
        return try answer.get()
    }

    private func ask(_ method: String, _ parameters: [String: ControlProtocol.JSONValue]) -> Answer {
        client.withLock { client in
            let isReused = client != nil
            let first = Self.ask(&client, path, method, parameters)
            guard isReused, first == .failure(.ended) else { return first }
            return Self.ask(&client, path, method, parameters)
        }
    }

    /// After anything but an answer or a refusal, what else comes over the connection can no longer be told apart.
    private static func ask(
        _ client: inout ControlClient?, _ path: String, _ method: String,
        _ parameters: [String: ControlProtocol.JSONValue]
    ) -> Answer {
        do throws(ControlClient.Failure) {
            let connection = if let client { client } else { try ControlClient(path: path) }
            client = connection
            return .success(try connection.call(method, parameters))
        } catch .refused(let error) {
            return .failure(.refused(error))
        } catch {
            client = nil
            return .failure(error)
        }
    }
}
