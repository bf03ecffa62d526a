// SPDX-License-Identifier: Apache-2.0

import KawelaGuest

/// One row of the tables of guests: what is measured, of which function, in which machine.
struct GuestRow: Codable, Hashable {
    /// The title of the table it is in.
    var machine: String
    var function: Function?
    var name: String
    var unit: String
    /// Less is better.
    var isTime = false

    enum Function: String, Codable, CaseIterable {
        case pf = "PF"
        case vf = "VF"

        /// testpmd's mode of forwarding. `io` leaves the addresses as they are, which will not do for a VF: the card drops
        /// what a VF sends with another's address, and has no way from a VF back to itself.
        var forwarding: String { self == .pf ? "io" : "macswap" }
    }

    /// Each buffer is mapped for itself, at the price of two messages. DPDK's memory VFIO maps once.
    var isTranslated: Bool { machine == Translation.translating.rawValue && !name.contains("testpmd") }

    var title: String { (function.map { "\($0.rawValue), " } ?? "") + name }

    /// Whether all `words` are in what it is called.
    func matches(_ words: String) -> Bool {
        words.split(separator: " ").allSatisfy { "\(machine): \(title)".contains($0) }
    }
}

/// What there is to measure with Linux's own drivers, and with DPDK's.
enum Measurement: CaseIterable {
    case bringUp, enableVFs
    case burst1, burst32
    case udp, tcp
    case streamOut, streamIn
    case betweenVFs
    case transmitOnly, receiveOnly, forward

    enum Phase: CaseIterable { case bringUp, linux, testpmd }

    var phase: Phase {
        switch self {
        case .bringUp, .enableVFs: .bringUp
        case .burst1, .burst32, .udp, .tcp, .streamOut, .streamIn, .betweenVFs: .linux
        case .transmitOnly, .receiveOnly, .forward: .testpmd
        }
    }

    /// Those that make sense of a function.
    func isPossible(_ function: GuestRow.Function) -> Bool {
        switch self {
        case .bringUp: function == .pf
        case .enableVFs, .betweenVFs: function == .vf
        default: true
        }
    }

    /// The rows that it yields values for, in their order.
    func rows(_ function: GuestRow.Function, _ translation: Translation) -> [GuestRow] {
        let row = { (name: String, unit: String, isTime: Bool) in
            GuestRow(machine: translation.rawValue, function: function, name: name, unit: unit, isTime: isTime)
        }
        return switch self {
        case .bringUp:
            [row("modprobe until the link is up", "s", true), row("vfio-user messages until the link is up", "", true)]
        case .enableVFs:
            [
                row("sriov_numvfs until both links are up", "s", true),
                row("vfio-user messages until both links are up", "", true),
            ]
        case .burst1: [row("pktgen 60 B, burst 1", "kpps", false)]
        case .burst32: [row("pktgen 60 B, burst 32", "kpps", false)]
        case .udp:
            [row("UDP request and response, median", "us", true), row("UDP request and response, 99 %", "us", true)]
        case .tcp:
            [row("TCP request and response, median", "us", true), row("TCP request and response, 99 %", "us", true)]
        case .streamOut: [row("TCP stream, guest to host", "Mb/s", false)]
        case .streamIn: [row("TCP stream, host to guest", "Mb/s", false)]
        case .betweenVFs: [row("TCP stream, VF to VF", "Mb/s", false)]
        case .transmitOnly: [row("testpmd txonly 64 B", "kpps", false)]
        case .receiveOnly: [row("testpmd rxonly 64 B", "kpps", false)]
        case .forward: [row("testpmd \(function.forwarding) 64 B", "kpps", false)]
        }
    }
}
