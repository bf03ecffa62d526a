// SPDX-License-Identifier: Apache-2.0

/// Why a frame went nowhere. Every frame, or copy of one, that is lost has one reason.
package enum DropReason: Int, Sendable, CaseIterable {
    // What a queue was to send.

    /// Lengths that contradict each other: empty, too long, too short for a tag, header beyond the packet, PAYLEN wrong, MSS 0.
    case malformed
    /// A buffer outside the memory the function may read.
    case unreadable
    /// A descriptor could not be fetched, or not be written back; its packet may have been sent.
    case ringFault

    // What was to be received.

    /// Receiver disabled, link down, or the wire cut off by loopback.
    case disabled
    /// Longer than the port or its pool takes.
    case oversize
    /// Address or VLAN filter.
    case filtered
    /// The queue is not enabled, or its ring is not one.
    case queueDisabled
    /// No descriptors, and the queue drops.
    case noDescriptors
    /// Ring or buffer outside the memory the function may write.
    case unwritable
    /// Its FCS is wrong, and RCTL.SBP is off.
    case damaged
    /// It waited for descriptors when the port was reset.
    case reset

    // What the switch was to forward.

    /// Source address or VLAN is not the pool's.
    case spoofed
    /// Only link partners send such frames.
    case linkControl
    /// Address or VLAN keep it inside, and no pool takes it. Datasheet 7.10.3.
    case noReceiver
    /// The pool it is for may not receive (VFRE). Datasheet 7.10.3, and 8.14 for the register.
    case poolDisabled
    /// The uplink took none for longer than ``Switch/longestHold``.
    case undeliverable
    /// There is no link to send it on.
    case noLink
    /// The frame still needed work that only the uplink does; only a sender that changes a packet while it is being sent
    /// can bring that about.
    case unfinished
    /// Storm control.
    case storm

    /// A MAC control frame, which the MAC keeps for itself. That is no loss.
    case macControl
}

extension DropReason {
    /// Those that are losses.
    package static let losses = allCases.filter { $0 != .macControl }

    /// The name of the counter that counts such frames.
    package var name: String {
        switch self {
        case .malformed: "transmit_malformed"
        case .unreadable: "transmit_unreadable"
        case .ringFault: "transmit_ring_fault"
        case .disabled: "receive_disabled"
        case .oversize: "receive_oversize"
        case .filtered: "receive_filtered"
        case .queueDisabled: "receive_queue_disabled"
        case .noDescriptors: "receive_no_descriptors"
        case .unwritable: "receive_unwritable"
        case .damaged: "receive_damaged"
        case .reset: "receive_reset"
        case .spoofed: "switch_spoofed"
        case .linkControl: "switch_link_control"
        case .noReceiver: "switch_no_receiver"
        case .poolDisabled: "switch_pool_disabled"
        case .undeliverable: "switch_undeliverable"
        case .noLink: "switch_no_link"
        case .unfinished: "switch_unfinished"
        case .storm: "switch_storm"
        case .macControl: "FCRUC"
        }
    }
}
