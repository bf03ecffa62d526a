// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// Why a read may give something else in a replay than it gave in the trace.
enum ReplayTolerance: String, CaseIterable, Sendable {
    /// Frames and guest memory are in no trace. Only from when the driver first lets frames move.
    case traffic
    /// It runs with a clock, of which a trace has the time of each access, not of the moment within it.
    case time
    /// Whether an interrupt waits is known to the client alone.
    case client
}

/// Bits of what an access reads, and why they may differ.
struct ToleratedBits: Equatable {
    var reason: ReplayTolerance
    var mask: UInt64
}

extension ToleratedBits {
    /// What may differ in what `access` reads, of the registers that it reaches.
    static func find(_ access: FunctionAccess, _ registers: [TracedRegister]) -> [ToleratedBits] {
        switch access.space {
        case .configuration: interruptStatus(access)
        case .bar(3) where access.offset >= PhysicalFunctionConfiguration.pendingBitsOffset:
            [ToleratedBits(reason: .client, mask: .max)]
        default:
            registers.compactMap { register in
                guard let (reason, mask) = register.name.flatMap({ ofRegisters[$0] }) else { return nil }
                return ToleratedBits(reason: reason, mask: register.accessMask(mask))
            }
        }
    }

    /// Interrupt Status, bit 3 of the header's Status: INTx is to be sent.
    private static func interruptStatus(_ access: FunctionAccess) -> [ToleratedBits] {
        let bit = 8 * (0x06 - access.offset) + 3
        guard (0..<8 * access.width).contains(bit) else { return [] }
        return [ToleratedBits(reason: .traffic, mask: 1 << UInt64(bit))]
    }

    private static let ofRegisters: [RegisterName: (reason: ReplayTolerance, mask: UInt32)] = {
        var found: [RegisterName: (reason: ReplayTolerance, mask: UInt32)] = [:]
        for row in rows {
            for name in row.names { found[name] = (row.reason, row.mask) }
        }
        return found
    }()

    private static let rows: [(reason: ReplayTolerance, mask: UInt32, names: [RegisterName])] = [
        // Counters of frames and octets.
        (.traffic, .max, counters),
        // How far rings have come, and descriptors that were missing.
        (.traffic, .max, [.TDH, .RDH, .RQDPC]),
        // Causes, and masks that messages clear by themselves.
        (.traffic, .max, [.ICR, .ICS, .IMS, .IMC, .EICR, .EICS, .EIMS, .EIMC]),
        (.traffic, .max, [.PVTEICR, .PVTEICS, .PVTEIMS, .PVTEIMC]),
        // What the switch and the transmit path found wrong with frames and descriptors; storms of frames.
        (.traffic, .max, [.WVBR, .LVMMC, .MDFB, .SCSTS, .BSCCNT, .MSCCNT]),
        // Stamps of frames, and whether there is one.
        (.traffic, .max, [.TXSTMPL, .TXSTMPH, .RXSTMPL, .RXSTMPH, .RXSATRL, .RXSATRH]),
        (.traffic, 1 << 0, [.TSYNCTXCTL, .TSYNCRXCTL]),
        // TXOFF: a PAUSE frame of the partner holds transmission.
        (.traffic, 1 << 4, [.STATUS, .PVTSTATUS, .VTSTATUS]),
        (.time, .max, [.SYSTIML, .SYSTIMH, .FRTIMER, .VTFRTIMER]),
        // Seconds until the watchdog bites.
        (.time, 0xFF << 16, [.WDSTP]),
    ]

    private static let counters: [RegisterName] =
        RegisterTable.blocks.filter { "\($0.title)" == "Statistics" }.flatMap { $0.rows.map(\.name) } + [
            .PFVFGPRC, .PFVFGPTC, .PFVFGORC, .PFVFGOTC, .PFVFMPRC, .PFVFGPRLBC, .PFVFGPTLBC, .PFVFGORLBC, .PFVFGOTLBC,
        ]
}

extension FunctionAccess {
    /// From here on frames may move: the driver gave descriptors to a queue, or turned the receiver on.
    func movesFrames(_ registers: [TracedRegister]) -> Bool {
        isWrite
            && registers.contains { register in
                switch register.name {
                case .TDT, .RDT: true
                case .RCTL: RCTL(raw: register.value(in: value)).isEnabled
                default: false
                }
            }
    }
}
