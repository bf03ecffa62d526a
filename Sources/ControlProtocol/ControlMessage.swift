// SPDX-License-Identifier: Apache-2.0

/// What goes over a control socket, each message a line of JSON (JSON-RPC 2.0).
package enum ControlMessage {
    /// A line as long as this, its end included, is no request.
    package static let longestRequest = 64 * 1024
}

/// A call of a method.
package struct ControlRequest: Equatable, Sendable {
    /// What the answer refers to: a string, a number or null; `nil` for a call that wants no answer.
    package var id: JSONValue?
    package var method: String
    package var parameters: [String: JSONValue]

    package init(id: JSONValue?, method: String, parameters: [String: JSONValue] = [:]) {
        (self.id, self.method, self.parameters) = (id, method, parameters)
    }

    package var json: JSONValue {
        var members: [String: JSONValue] = ["jsonrpc": "2.0", "method": .string(method)]
        if let id { members["id"] = id }
        if !parameters.isEmpty { members["params"] = .object(parameters) }
        return .object(members)
    }
}

extension ControlRequest {
    /// - Parameter line: without its end.
    package init(parsing line: some Sequence<UInt8>) throws(ControlError) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: line) } catch { throw .unparsable(error) }
        guard let members = value.object, members["jsonrpc"] == "2.0", let method = members["method"]?.string else {
            throw .invalidRequest("a request is an object with \"jsonrpc\": \"2.0\" and \"method\"")
        }
        switch members["id"] {
        case nil, .null?, .string?, .integer?, .number?: break
        default: throw .invalidRequest("\"id\" is a string, a number or null")
        }
        switch members["params"] {
        case nil: parameters = [:]
        case .object(let named)?: parameters = named
        default: throw .invalidParameters("\"params\" is an object: parameters have names")
        }
        (id, self.method) = (members["id"], method)
    }
}

/// Why a request was not answered with a result.
package struct ControlError: Error, Equatable, Sendable {
    /// As JSON-RPC 2.0 numbers them; -32000 and below are Kawela's.
    package var code: Int
    /// What is wrong, and what would be right.
    package var message: String

    package init(code: Int, message: String) { (self.code, self.message) = (code, message) }

    package static func unparsable(_ error: JSONError) -> Self {
        Self(code: -32700, message: "this is no JSON: \(error)")
    }
    package static func invalidRequest(_ message: String) -> Self { Self(code: -32600, message: message) }
    package static func unknownMethod(_ name: String) -> Self {
        Self(code: -32601, message: "there is no method '\(name)': see 'methods'")
    }
    package static func invalidParameters(_ message: String) -> Self { Self(code: -32602, message: message) }
    /// It cannot be done now, or not with this NIC.
    package static func refused(_ message: String) -> Self { Self(code: -32000, message: message) }
    /// The thread that would do it did not answer, or has too much to do.
    package static func busy(_ message: String) -> Self { Self(code: -32001, message: message) }

    package var json: JSONValue { ["code": .integer(code), "message": .string(message)] }

    package init?(_ json: JSONValue) {
        guard let code = json["code"]?.integer, let message = json["message"]?.string else { return nil }
        self.init(code: code, message: message)
    }
}

/// The answer to a request.
package struct ControlResponse: Equatable, Sendable {
    package var id: JSONValue
    package var result: Result<JSONValue, ControlError>

    package init(id: JSONValue, _ result: Result<JSONValue, ControlError>) { (self.id, self.result) = (id, result) }

    package var json: JSONValue {
        switch result {
        case .success(let value): ["jsonrpc": "2.0", "id": id, "result": value]
        case .failure(let error): ["jsonrpc": "2.0", "id": id, "error": error.json]
        }
    }

    /// `nil` when `json` is no answer.
    package init?(_ json: JSONValue) {
        guard let id = json["id"] else { return nil }
        if let result = json["result"] {
            self.init(id: id, .success(result))
        } else if let error = json["error"].flatMap({ ControlError($0) }) {
            self.init(id: id, .failure(error))
        } else {
            return nil
        }
    }
}

/// What the server tells without being asked each time: events, traces.
package struct ControlNotification: Equatable, Sendable {
    package var method: String
    package var parameters: JSONValue

    package init(method: String, parameters: JSONValue) { (self.method, self.parameters) = (method, parameters) }

    package var json: JSONValue { ["jsonrpc": "2.0", "method": .string(method), "params": parameters] }

    /// `nil` when `json` is none.
    package init?(_ json: JSONValue) {
        guard json["id"] == nil, let method = json["method"]?.string, let parameters = json["params"] else {
            return nil
        }
        self.init(method: method, parameters: parameters)
    }
}
