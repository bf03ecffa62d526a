import Foundation
import Synchronization

/// A test bench: a peer in a namespace of its own, an 82576 whose uplink is the peer's TAP interface, and a socket into
/// which guests are plugged one after the other.
public final class Bench: Sendable {
    public let run: Run
    public let peer: Namespace
    public let card: NetworkCard

    public init(_ nic: NIC = .chosen, in run: Run? = nil) throws {
        let run = try run ?? Run()
        self.run = run
        peer = try Namespace(in: run)
        card = try NetworkCard(nic, uplink: .tap(Namespace.tap), in: run, namespace: peer)
    }

    /// Starts a guest and waits until it takes commands.
    public func boot(processors: Int = 2) throws -> Guest {
        let guest = try Guest(card: card, processors: processors, in: run, namespace: peer)
        try guest.waitUntilReady()
        return guest
    }

    public func close() { run.close() }
}
