// SPDX-License-Identifier: Apache-2.0

/// What the port did to a packet that a queue sent, or left to the uplink, because its descriptors or its pool asked for it.
package struct TransmitOffloads: Equatable, Sendable, BitwiseCopyable {
    package var insertedTag: UInt16?
    package var insertsIPChecksum = false
    /// TCP, UDP, SCTP, or what a legacy descriptor asked for.
    package var insertsTransportChecksum = false
    /// A checksum that was asked for has no place in the frame.
    package var missesChecksum = false
    /// TXSTMP gets the time of the packet.
    package var isStamped = false
    /// Bytes of headers and payload of the packet that the frame was cut from; `nil` for a whole packet.
    package var packetLength: Int?
    /// The frame's number among those that the packet was cut into, from 0.
    package var segment = 0

    package init() {}
}

/// What the port did to a frame that was written to a queue, and what its descriptor says.
package struct ReceiveOffloads: Equatable, Sendable, BitwiseCopyable {
    /// What chose the queue.
    package var rule: QueueRule
    /// The tag that is in the descriptor and not in memory.
    package var strippedTag: UInt16?
    /// Whether the IPv4 header's checksum is right; `nil` if it was not checked.
    package var hasRightIPChecksum: Bool?
    /// Whether the checksum of TCP, UDP or SCTP is right; `nil` if it was not checked.
    package var hasRightTransportChecksum: Bool?
    /// Bytes in the header buffer; 0 where there is none.
    package var headerLength = 0
    /// RXSTMP has the time of the frame.
    package var isStamped = false
    /// Only an inexact address filter matched.
    package var isInexact = false
    /// The interrupt does not wait for EITR.
    package var isUrgent = false

    package init(rule: QueueRule) { self.rule = rule }
}
