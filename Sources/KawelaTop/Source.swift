// SPDX-License-Identifier: Apache-2.0

import ControlProtocol

/// Asks a server for what it counted, and has it count by sender and receiver for one port at a time.
struct Source {
    private let client: ControlClient
    private(set) var countedPort: String?
    /// Why the server does not count by sender and receiver; `nil` when it does, or was not asked to.
    private(set) var refusal: String?

    init(path: String) throws(ControlClient.Failure) { client = try ControlClient(path: path) }

    func snapshot() throws(ControlClient.Failure) -> Snapshot {
        let descriptions = try client.call("ports")
        return Snapshot(counters: try client.call("counters"), descriptions: descriptions)
    }

    /// Has frames counted for the port `name`, and no more for the one before.
    mutating func count(_ name: String?) throws(ControlClient.Failure) {
        guard name != countedPort else { return }
        let old = countedPort
        (countedPort, refusal) = (name, nil)
        if let old { try set(old, on: false) }
        if let name { try set(name, on: true) }
    }

    private mutating func set(_ name: String, on: Bool) throws(ControlClient.Failure) {
        // A port without a name is the only one.
        let port: [String: JSONValue] = name.isEmpty ? [:] : ["port": .string(name)]
        do throws(ControlClient.Failure) {
            _ = try client.call("matrix", port.merging(["on": .bool(on)]) { $1 })
        } catch .refused(let error) {
            refusal = printable(error.message, limit: 200)
        }
    }
}
