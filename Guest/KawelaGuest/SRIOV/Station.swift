// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Somebody on the network who does as told: the peer, a guest, a namespace in a guest.
public struct Station: Sendable, CustomStringConvertible {
    public let name: String
    public let address: String
    private let shell: @Sendable (String, Int) throws -> CommandResult

    public init(_ name: String, _ address: String, shell: @escaping @Sendable (String, Int) throws -> CommandResult) {
        (self.name, self.address, self.shell) = (name, address, shell)
    }

    public var description: String { name }

    public func attempt(_ command: String, seconds: Int = 20) throws -> CommandResult { try shell(command, seconds) }

    /// - Throws: when the command fails or takes longer than `seconds`.
    @discardableResult
    public func run(_ command: String, seconds: Int = 20) throws -> String {
        let result = try attempt(command, seconds: seconds)
        guard result.succeeded else { throw GuestError("\(name): \(command): \(result)") }
        return result.output
    }

    /// Starts a command and leaves it running; its output is lost.
    public func start(_ command: String) throws { try run("(\(command)) >/dev/null 2>&1 </dev/null &") }

    /// Sends echo requests 0.2 s apart, and returns how many were answered.
    public func ping(_ other: Station, count: Int = 1, size: Int = 56) throws -> Int {
        try ping(other.address, count: count, size: size)
    }

    public func ping(_ address: String, count: Int = 1, size: Int = 56) throws -> Int {
        let command = "busybox ping -c \(count) -i 0.2 -W 2 -s \(size) \(address)"
        let output = try attempt(command, seconds: count * 3 + 5).output
        return output.firstMatch(of: /(\d+) packets received/).flatMap { Int($0.1) } ?? 0
    }

    /// Those of `others` who answer; each has two chances, since the first request may wait for ARP.
    public func reached(_ others: [Station]) throws -> [Station] {
        let addresses = others.map(\.address).joined(separator: " ")
        let script = """
            for a in \(addresses); do
            busybox ping -c 1 -W 1 $a >/dev/null 2>&1 || busybox ping -c 1 -W 2 $a >/dev/null 2>&1 && echo "<$a>"
            done; true
            """
        let output = try run(script, seconds: others.count * 4 + 5)
        return others.filter { output.contains("<\($0.address)>") }
    }

    /// A port nobody else uses: a listener of an earlier test may be left.
    public static func freePort() -> Int { nextPort.wrappingAdd(1, ordering: .relaxed).newValue }
    private static let nextPort = Atomic(5300)

    /// TCP to `other` for `seconds`.
    public func send(to other: Station, seconds: Int = 1) throws -> Throughput {
        let port = Self.freePort()
        try other.start("iperf3 -s -1 -p \(port)")
        var last = CommandResult(status: 1, output: "")
        for _ in 0..<20 {
            last = try attempt("iperf3 -J -t \(seconds) -p \(port) -c \(other.address)", seconds: seconds + 20)
            guard last.output.contains("Connection refused") else { break }
            usleep(100_000)
        }
        do { return try Throughput(json: last.output) } catch { throw GuestError("\(name) to \(other): \(error)") }
    }
}

extension Bench {
    /// The peer at the other end of the cable.
    public var outside: Station {
        let peer = peer
        return Station("outside", Namespace.address) { try peer.attempt($0, seconds: Double($1)) }
    }
}

extension Guest {
    /// The guest itself, with an address that ``bringUpLink(seconds:)`` or the caller gave it.
    public func station(_ name: String? = nil, address: String = Guest.address) -> Station {
        Station(name ?? self.name, address) { try self.attempt($0, seconds: $1) }
    }
}
