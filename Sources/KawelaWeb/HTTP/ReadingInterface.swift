// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import FlyingFox

/// Methods of the control socket that change nothing, for a page: `/api/registers?port=lan&names=CTRL,STATUS`.
struct ReadingInterface: Sendable {
    typealias JSONValue = ControlProtocol.JSONValue

    static let methods: Set<String> = ["version", "ports", "counters", "registers", "vf.get", "misuse"]

    let gateway: ControlGateway

    func answer(_ method: String, _ query: [(name: String, value: String)]) async -> HTTPResponse {
        guard Self.methods.contains(method), let description = MethodDescription.named(method) else {
            return Self.refusal("there is no reading method '\(method)'", .notFound)
        }
        let parameters = Self.parameters(query, of: description)
        do throws(ControlError) { try description.check(parameters) } catch {
            return Self.refusal(error.message, .badRequest)
        }
        do throws(ControlClient.Failure) {
            return .json(try await gateway.call(method, parameters))
        } catch .refused(let error) {
            return Self.refusal(error.message, .badRequest)
        } catch {
            return Self.refusal(error.description, .serviceUnavailable)
        }
    }

    private static func refusal(_ message: String, _ status: HTTPStatusCode) -> HTTPResponse {
        .json(["error": .string(message)], status: status)
    }

    /// Text of a query as values of the kinds that the method takes; what is of none stays text, for the check to refuse.
    private static func parameters(
        _ query: [(name: String, value: String)], of method: MethodDescription
    ) -> [String: JSONValue] {
        let pairs = query.map { name, text in
            let kind = method.parameters.first { $0.name == name }?.kind
            return (name, kind.flatMap { value(text, $0) } ?? .string(text))
        }
        return Dictionary(pairs) { _, last in last }
    }

    private static func value(_ text: String, _ kind: MethodDescription.Parameter.Kind) -> JSONValue? {
        switch kind {
        case .integer: Int(text).map { .integer($0) }
        case .boolean: Bool(text).map { .bool($0) }
        case .strings: .array(text.split(separator: ",").map { .string(String($0)) })
        case .string, .choice: .string(text)
        }
    }
}
