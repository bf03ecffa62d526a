// SPDX-License-Identifier: Apache-2.0

/// The network side of a port: what its wire is plugged into.
///
/// Every call moves a batch. An uplink is used from the port's thread only and never calls the port back.
public protocol Uplink: AnyObject {
    /// Work the other side finishes itself; the port does the rest in software before ``transmit(_:)``.
    var offloads: UplinkOffloads { get }
    /// Whether a carrier is there. A change is reported to the port by the owner of both.
    var isLinkUp: Bool { get }
    /// The uplink holds unsent frames: the port offers no more until this is false again.
    var isCongested: Bool { get }

    /// The port's PHY has a link, or has none any more. An uplink with a carrier of its own shows it to the other side.
    func portLinkChanged(isUp: Bool)

    /// Sends every frame of `batch` whose ``FrameBatch/Frame/goesToUplink`` is set, in order.
    ///
    /// Takes all of them: what cannot leave at once is copied into a bounded store of the uplink's own and
    /// ``isCongested`` turns true, or it is dropped and counted when there is nobody at the other end. The memory of a
    /// frame is valid during the call only. An uplink may fill the prefix of each frame.
    func transmit(_ batch: inout FrameBatch)

    /// Appends up to ``FrameBatch/capacity`` received frames to `batch`, which is empty.
    ///
    /// The appended frames refer to memory of the uplink that stays as it is until the next `receive`. Frames carry no
    /// FCS and may be shorter than 60 bytes. Never blocks.
    func receive(into batch: inout FrameBatch)
}

extension Uplink {
    public func portLinkChanged(isUp: Bool) {}
}

/// Offloads an uplink accepts on ``Uplink/transmit(_:)``; the names are virtio-net's.
public struct UplinkOffloads: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A TCP or UDP checksum that still has to be completed (`NEEDS_CSUM`).
    public static let checksum = UplinkOffloads(rawValue: 1 << 0)
    /// TCP over IPv4 larger than a segment.
    public static let segmentTCP4 = UplinkOffloads(rawValue: 1 << 1)
    /// TCP over IPv6 larger than a segment.
    public static let segmentTCP6 = UplinkOffloads(rawValue: 1 << 2)
    /// UDP larger than a datagram, cut into datagrams (`GSO_UDP_L4`).
    public static let segmentUDP = UplinkOffloads(rawValue: 1 << 3)
}
