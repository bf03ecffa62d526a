// SPDX-License-Identifier: Apache-2.0

extension MethodDescription {
    /// The contents of `docs/control.md`.
    package static var markdown: String {
        introduction + all.map(\.section).joined(separator: "\n")
    }

    private static var introduction: String {
        """
        # The control socket

        Generated from the descriptions in `Sources/ControlProtocol` by `make docs`; do not edit. A test compares the two.

        `kawela serve --control PATH` makes a UNIX stream socket of mode 0600. Over it goes JSON-RPC 2.0, a message a line; a \
        request has at most \(ControlMessage.longestRequest) bytes, and its `params` is an object. This is version \
        \(protocolVersion) of the protocol. `methods` answers with a JSON schema of all there is, and `kawela ctl METHOD NAME=VALUE ...` \
        calls any method.

            {"jsonrpc": "2.0", "id": 1, "method": "link.set", "params": {"up": false}}
            {"jsonrpc": "2.0", "id": 1, "result": {"up": false, "speed": 1000, "fullDuplex": true, "carrier": true, "unplugged": true}}

        Requests of a connection are answered one after the other. Errors are those of JSON-RPC (-32700 no JSON, -32600 no request, \
        -32601 no such method, -32602 wrong parameters), -32000 (cannot be done now, or not with this NIC) and -32001 (the port has \
        too much to do). What the server tells by itself are notifications: `event` after `subscribe`, and \
        `lost` with the `count` of those left out because the client did not read. A client that leaves 8 MiB unread is let go; \
        there may be 16 of them.


        """
    }

    private var section: String {
        var text = "## \(name)\n\n\(summary)\n\n"
        if !parameters.isEmpty {
            text += "| Parameter | Value | |\n|---|---|---|\n"
            for parameter in parameters {
                let optional = parameter.isRequired ? "" : " (optional)"
                text += "| `\(parameter.name)`\(optional) | \(parameter.kind.text) | \(parameter.meaning) |\n"
            }
            text += "\n"
        }
        return text + "Result: \(result)\n"
    }
}
