// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A network namespace with one TAP interface: the far end of the emulated cable, as the guest's only peer.
public final class Namespace: Sendable {
    public let name: String
    public static let tap = "tap0"
    /// The peer's addresses, on the TAP interface itself.
    public static let address = "10.82.57.1"
    public static let address6 = "fd82:576::1"
    private let run: Run
    /// What starts programs inside, after the namespace is entered.
    private let starter: [String]

    public init(in run: Run) throws {
        guard geteuid() == 0 else { throw GuestError("network namespaces and TAP interfaces need root") }
        self.run = run
        starter = []
        name = run.namespaceName()
        try run.execute(["ip", "netns", "add", name])
        try run.execute(["ip", "-n", name, "link", "set", "lo", "up"])
        try run.execute(["ip", "-n", name, "tuntap", "add", "dev", Self.tap, "mode", "tap"])
        // Tests take the interface down, and addresses of IPv6 would be gone with that.
        try run.execute(entering(["sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/\(Self.tap)/keep_addr_on_down"]))
        try run.execute(["ip", "-n", name, "addr", "add", Self.address + "/24", "dev", Self.tap])
        try run.execute(["ip", "-n", name, "addr", "add", Self.address6 + "/64", "dev", Self.tap, "nodad"])
        try run.execute(["ip", "-n", name, "link", "set", Self.tap, "up"])
    }

    /// The namespace of `other`, in which `command` starts all programs, as another user for one.
    public init(_ other: Namespace, startingBy command: [String]) {
        (name, run, starter) = (other.name, other.run, command)
    }

    /// Moves the peer's addresses from the TAP interface to a cable of two interfaces, of which the one named `end` is left
    /// to a program that forwards raw frames. The peer makes all sums itself, since such a program may not.
    public func moveAddresses(toCableWith end: String) throws {
        let commands = [
            "ip addr flush dev \(Self.tap)", "ip link add \(end) type veth peer name cable",
            "ethtool -K cable tx off gro off", "ip addr add \(Self.address)/24 dev cable",
            "ip addr add \(Self.address6)/64 dev cable nodad", "ip link set cable up", "ip link set \(end) up",
        ]
        try execute(commands.joined(separator: " && "))
    }

    /// What starts a program inside.
    public func entering(_ command: [String]) -> [String] { ["ip", "netns", "exec", name] + starter + command }

    /// Runs a shell command inside to its end.
    /// - Throws: when it fails or takes longer than `seconds`.
    @discardableResult
    public func execute(_ command: String, seconds: Double = 20) throws -> String {
        try run.execute(entering(["sh", "-c", command]), seconds: seconds)
    }

    public func attempt(_ command: String, seconds: Double = 20) throws -> CommandResult {
        try run.attempt(entering(["sh", "-c", command]), seconds: seconds)
    }

    /// Starts a program inside and leaves it running.
    public func start(_ command: [String], name: String) throws -> ChildProcess {
        try ChildProcess(entering(command), name: name, in: run)
    }
}
