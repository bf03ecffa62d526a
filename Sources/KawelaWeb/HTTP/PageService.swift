// SPDX-License-Identifier: Apache-2.0

import FlyingFox

extension LocalService {
    /// `kawela web`: the page at `/`, and at `/api/METHOD` what the control socket answers to a reading method.
    /// - Parameter control: path of the control socket.
    package static func page(control: String, at address: ListenAddress) -> LocalService {
        let interface = ReadingInterface(gateway: ControlGateway(path: control))
        return LocalService(address: address, path: "/") { request in
            if let file = PageFiles.all[request.path] { return HTTPResponse(file.bytes, type: file.type) }
            guard request.path.hasPrefix("/api/") else { return .text("there is no such page", status: .notFound) }
            return await interface.answer(String(request.path.dropFirst(5)), request.query.map { ($0.name, $0.value) })
        }
    }
}
