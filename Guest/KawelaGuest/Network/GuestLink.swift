// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The guest's side of the emulated cable.
extension Guest {
    public static let interface = "eth0"
    public static let address = "10.82.57.2"
    public static let address6 = "fd82:576::2"

    /// Loads igb unless it is loaded, gives the interface its addresses and waits for the carrier.
    public func bringUpLink(
        _ address: String = Guest.address, _ address6: String = Guest.address6, seconds: Double = 15
    ) throws {
        try run("modprobe igb; ip link set \(Self.interface) up")
        try run("ip addr replace \(address)/24 dev \(Self.interface)")
        try run("ip addr replace \(address6)/64 dev \(Self.interface) nodad")
        try waitForCarrier(seconds: seconds)
    }

    public func waitForCarrier(seconds: Double = 15) throws {
        try eventually("carrier on \(Self.interface)\n\(evidence)", within: seconds, every: 0.2) {
            try attempt("cat /sys/class/net/\(Self.interface)/carrier").output.hasPrefix("1")
        }
    }

    /// Sends echo requests to the peer, `interval` apart, and returns how many were answered.
    public func ping(_ address: String = Namespace.address, count: Int = 3, size: Int = 56) throws -> Int {
        let output = try attempt("ping -c \(count) -W 3 -s \(size) \(address)", seconds: count * 4 + 5).output
        return output.firstMatch(of: /(\d+) packets received/).flatMap { Int($0.1) } ?? 0
    }

    /// A counter of /sys/class/net, by its name there.
    public func counter(_ name: String) throws -> Int {
        let text = try run("cat /sys/class/net/\(Self.interface)/statistics/\(name)")
        guard let value = Int(text.filter(\.isNumber)) else { throw GuestError("no counter \(name): \(text)") }
        return value
    }
}

/// What iperf3 measured.
public struct Throughput: Sendable {
    public let bytes: Int
    public let bitsPerSecond: Double

    /// From the output of `iperf3 --json`.
    /// - Throws: iperf3's own words when it failed.
    public init(json text: String) throws {
        let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        guard let end = object?["end"] as? [String: Any], let sum = end["sum_received"] as? [String: Any],
            let bytes = sum["bytes"] as? NSNumber, let rate = sum["bits_per_second"] as? NSNumber
        else { throw GuestError("iperf3: \(object?["error"] ?? text)") }
        (self.bytes, bitsPerSecond) = (bytes.intValue, rate.doubleValue)
    }
}
