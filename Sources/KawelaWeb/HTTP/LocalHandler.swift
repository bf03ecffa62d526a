// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import FlyingFox
import Foundation

/// Answers reading requests that are for this machine by name. Others are refused: a page of the internet can have its own
/// name lead to this machine, but cannot have the browser say `localhost` for it.
struct LocalHandler: HTTPHandler {
    typealias Answer = @Sendable (HTTPRequest) async -> HTTPResponse

    let answer: Answer

    func handleRequest(_ request: HTTPRequest) async -> HTTPResponse {
        guard Self.isLocal(host: request.headers[HTTPHeader("Host")]) else {
            return .text("the host of a request has to be localhost, 127.0.0.1 or [::1]", status: .forbidden)
        }
        guard request.method == .GET else {
            return .text(
                "there is only reading here: use GET", status: .methodNotAllowed, headers: [HTTPHeader("Allow"): "GET"])
        }
        return await answer(request)
    }

    /// Whether a `Host` header, port and all, names this machine.
    static func isLocal(host: String?) -> Bool {
        guard let host = host?.lowercased() else { return false }
        return ["localhost", "127.0.0.1", "[::1]"].contains { name in
            guard host.hasPrefix(name) else { return false }
            let rest = host.dropFirst(name.count)
            return rest.isEmpty || (rest.first == ":" && UInt16(rest.dropFirst()) != nil)
        }
    }
}

extension HTTPResponse {
    /// An answer that nobody keeps, or shows within another page, and that loads nothing from elsewhere.
    init(_ body: some Sequence<UInt8>, type: String, status: HTTPStatusCode = .ok, headers: [HTTPHeader: String] = [:])
    {
        let always: [HTTPHeader: String] = [
            .contentType: type,
            HTTPHeader("Cache-Control"): "no-store",
            HTTPHeader("Content-Security-Policy"): """
            default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
            base-uri 'none'; form-action 'none'; frame-ancestors 'none'
            """,
            HTTPHeader("Cross-Origin-Resource-Policy"): "same-origin",
            HTTPHeader("Referrer-Policy"): "no-referrer",
            HTTPHeader("X-Content-Type-Options"): "nosniff",
        ]
        let all = always.merging(headers) { _, special in special }
        self.init(statusCode: status, headers: HTTPHeaders(all), body: Data(body))
    }

    static func text(_ text: String, status: HTTPStatusCode, headers: [HTTPHeader: String] = [:]) -> HTTPResponse {
        HTTPResponse((text + "\n").utf8, type: "text/plain; charset=utf-8", status: status, headers: headers)
    }

    static func json(_ value: ControlProtocol.JSONValue, status: HTTPStatusCode = .ok) -> HTTPResponse {
        HTTPResponse(value.line, type: "application/json", status: status)
    }
}
