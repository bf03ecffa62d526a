// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A test bench: a peer in a namespace of its own, an 82576 whose uplink is the peer's TAP interface, and sockets into
/// which guests are plugged.
public final class Bench: Sendable {
    public let run: Run
    public let peer: Namespace
    public let card: NetworkCard

    /// - Parameters:
    ///   - vfs: how many virtual functions the card has.
    ///   - driven: `kawela` drives the physical function, and guests get virtual functions only.
    ///   - uplink: what the card is plugged into instead of the peer.
    ///   - faults: faults can be injected into the card.
    ///   - control: ``KawelaServer/ask(_:)`` can be used of the card's server.
    public init(
        _ nic: NIC = .chosen, vfs: Int = 0, driven: Bool = false, uplink: UplinkPeer = .tap(Namespace.tap),
        mac: String = "52:54:00:82:57:06", faults: Bool = false, control: Bool = false,
        in run: Run? = nil
    ) throws {
        let run = try run ?? Run()
        self.run = run
        peer = try Namespace(in: run)
        card = try NetworkCard(
            nic, uplink: uplink, mac: mac, vfs: vfs, driven: driven, faults: faults, control: control, in: run,
            namespace: peer)
    }

    /// A bench whose card has its cable's other end in the test's hand. The peer's TAP interface leads nowhere.
    public static func withCable(_ nic: NIC = .chosen) throws -> (bench: Bench, socket: CableSocket) {
        let run = try Run()
        let socket = try CableSocket(in: run)
        return (try Bench(nic, uplink: socket.uplink, in: run), socket)
    }

    /// Starts a guest and waits until it takes commands.
    public func boot(_ options: GuestOptions = GuestOptions()) throws -> Guest {
        let guest = try start(options)
        try guest.waitUntilReady()
        return guest
    }

    /// Starts a guest, for others to boot at the same time.
    public func start(_ options: GuestOptions) throws -> Guest {
        try Guest(card: card, options, in: run, namespace: peer)
    }

    public func close() { run.close() }
}
