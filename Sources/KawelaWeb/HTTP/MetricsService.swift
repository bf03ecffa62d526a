// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import FlyingFox

extension LocalService {
    /// `kawela metrics`: OpenMetrics text at `/metrics`.
    /// - Parameter control: path of the control socket.
    package static func metrics(control: String, at address: ListenAddress) -> LocalService {
        let gateway = ControlGateway(path: control)
        return LocalService(address: address, path: "/metrics") { request in
            guard request.path == "/metrics" else { return .text("there is only /metrics", status: .notFound) }
            do throws(ControlClient.Failure) {
                let (version, counters) = (try await gateway.call("version"), try await gateway.call("counters"))
                return HTTPResponse(
                    MetricsText.make(version: version, counters: counters).utf8,
                    type: "application/openmetrics-text; version=1.0.0; charset=utf-8")
            } catch {
                return .text(error.description, status: .serviceUnavailable)
            }
        }
    }
}
