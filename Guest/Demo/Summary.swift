import Foundation
import KawelaGuest

/// Data that crossed with the same SHA-256 at both ends.
struct Transfer {
    let direction: String
    let bytes: Int
    let seconds: Double
    let digest: String

    /// - Throws: when the digests (in the form of sha256sum) differ.
    init(_ direction: String, _ bytes: Int, _ duration: Duration, sent: String, arrived: String) throws {
        guard sent.count >= 64, sent.prefix(64) == arrived.prefix(64) else {
            throw GuestError("\(direction): other data arrived than was sent (SHA-256 \(sent) became \(arrived))")
        }
        (self.direction, self.bytes, seconds, digest) =
            (direction, bytes, duration / .seconds(1), String(sent.prefix(64)))
    }

    var line: String {
        let rate = Double(bytes) * 8 / seconds / 1_000_000
        return
            "\(bytes >> 20) MB in \(tenths(seconds)) s = \(tenths(rate)) Mb/s, SHA-256 \(digest.prefix(16))… at both ends"
    }
}

/// What is printed at the end.
struct Summary: CustomStringConvertible {
    let description: String

    init(of guest: Guest, address: String, sent: Transfer, received: Transfer) throws {
        let driver = try guest.run("ethtool -i eth0; uname -r").split(separator: "\n")
        let link = try guest.run("ethtool eth0").firstMatch(of: /Speed: (\S+)/).map { String($0.1) } ?? "?"
        let rows = [
            ("driver", "igb in Debian's kernel \(driver.last ?? "?")"),
            ("link", "\(link), \(address) by DHCP"),
            (sent.direction, sent.line),
            (received.direction, received.line),
            ("packets", "\(try guest.counter("tx_packets")) sent, \(try guest.counter("rx_packets")) received"),
            ("offloads", try offloads(of: guest).joined(separator: ", ")),
            ("interrupts", try interrupts(of: guest).joined(separator: ", ")),
        ]
        description = "\n" + rows.map { name, value in pad(name, to: 15) + value }.joined(separator: "\n")
    }
}

/// The features of `ethtool -k` that are on and can be switched.
private func offloads(of guest: Guest) throws -> [String] {
    let wanted = [
        "rx-checksumming", "tx-checksum-ip-generic", "tx-checksum-sctp", "scatter-gather", "tx-tcp-segmentation",
        "tx-tcp6-segmentation", "tx-udp-segmentation", "rx-vlan-offload", "tx-vlan-offload", "receive-hashing",
    ]
    return try guest.run("ethtool -k eth0").split(separator: "\n").compactMap { line in
        let words = line.split(whereSeparator: { $0 == ":" || $0 == " " || $0 == "\t" }).map(String.init)
        return words.count >= 2 && words[1] == "on" && wanted.contains(words[0]) ? words[0] : nil
    }
}

/// Each of the card's MSI-X vectors with how often it came, over all processors.
private func interrupts(of guest: Guest) throws -> [String] {
    try guest.run("grep eth0 /proc/interrupts").split(separator: "\n").map { line in
        let words = line.split(separator: " ")
        let count = words.dropFirst().prefix { Int($0) != nil }.compactMap { Int($0) }.reduce(0, +)
        return "\(words.last ?? "?") \(count)"
    }
}

private func tenths(_ value: Double) -> String { String(format: "%.1f", value) }
