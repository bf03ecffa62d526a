import Foundation
import KawelaGuest

/// An address by DHCP, then data over TCP both ways, compared at both ends.
struct DataTransfer {
    private static let megabytes = 64
    let bench: Bench
    let guest: Guest
    let say: (String) -> Void

    func show() throws -> Summary {
        say("the link is up; asking for an address by DHCP")
        let address = try lease(for: guest)
        let sent = try send(from: guest)
        let received = try send(to: guest, at: address)
        return try Summary(of: guest, address: address, sent: sent, received: received)
    }

    /// Runs a DHCP server at the peer and the guest's client.
    /// - Returns: the address the guest got.
    private func lease(for guest: Guest) throws -> String {
        try bench.serveAddresses()
        try guest.run("udhcpc -i eth0 -n -q -t 10 -s /usr/share/udhcpc/default.script", seconds: 60)
        let addresses = try guest.run("ip -4 -o addr show eth0")
        guard let address = addresses.firstMatch(of: /inet (10\.82\.57\.\d+)/) else {
            throw GuestError("no address by DHCP: \(addresses)")
        }
        return String(address.1)
    }

    /// TCP from the guest to the peer. The listener reads from a FIFO nobody writes to, since nc closes the connection
    /// when its input ends.
    private func send(from guest: Guest) throws -> Transfer {
        say("guest to peer: \(Self.megabytes) MB over TCP, SHA-256 at both ends")
        let file = bench.run.path("received")
        try guest.run("head -c \(Self.megabytes << 20) /dev/urandom >/tmp/data", seconds: 120)
        let digest = try guest.run("sha256sum </tmp/data", seconds: 120)
        let listen = "mkfifo \(file).silence; busybox nc -l -p 5001 <>\(file).silence >\(file)"
        let listener = try bench.peer.start(["sh", "-c", listen], name: "nc-receive")
        let start = ContinuousClock.now
        try connect { try guest.attempt("nc \(Namespace.address) 5001 </tmp/data", seconds: 300) }
        _ = try listener.wait(seconds: 30)
        let took = start.duration(to: .now)
        let arrived = try bench.run.execute(["sha256sum", file], seconds: 60)
        return try Transfer("guest to peer", Self.megabytes << 20, took, sent: digest, arrived: arrived)
    }

    /// TCP from the peer to the guest.
    private func send(to guest: Guest, at address: String) throws -> Transfer {
        say("peer to guest: \(Self.megabytes) MB over TCP, SHA-256 at both ends")
        let file = bench.run.path("sent")
        try bench.peer.execute("head -c \(Self.megabytes << 20) /dev/urandom >\(file)", seconds: 60)
        let digest = try bench.run.execute(["sha256sum", file], seconds: 60)
        let listen = "rm /tmp/data; mkfifo /tmp/silence; nc -l -p 5002 <>/tmp/silence >/tmp/data; touch /tmp/complete"
        try guest.start(listen)
        let start = ContinuousClock.now
        try connect { try bench.peer.attempt("busybox nc \(address) 5002 <\(file)", seconds: 300) }
        try guest.run("until [ -e /tmp/complete ]; do sleep 0.1; done", seconds: 60)
        let took = start.duration(to: .now)
        let arrived = try guest.run("sha256sum </tmp/data", seconds: 120)
        return try Transfer("peer to guest", Self.megabytes << 20, took, sent: digest, arrived: arrived)
    }

    /// The listener may need a moment: a refused connection is tried again.
    private func connect(_ attempt: () throws -> CommandResult) throws {
        for _ in 0..<20 {
            let result = try attempt()
            if result.succeeded { return }
            guard result.output.contains("refused") else { throw GuestError("nc: \(result)") }
            usleep(100_000)
        }
        throw GuestError("nc: connection refused for 2 s")
    }
}
