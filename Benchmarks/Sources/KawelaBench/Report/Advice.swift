// SPDX-License-Identifier: Apache-2.0

/// Which rows matter to whom, with those rows.
struct Advice {
    let measured: Measured

    var text: String {
        [ci, lab, router, aims].joined(separator: "\n\n")
    }

    private var ci: String {
        """
        ## For CI

        A pipeline boots machines, loads drivers, changes settings and passes little traffic. What it waits for is the
        driver's own start and single accesses: each register that is read is a message to another process and its answer,
        so it takes longer than in QEMU's igb, which is in QEMU's process. That adds up only where a driver reads registers
        by the thousand.

        \(table { $0.machine == none && ($0.name.contains(" until ") || $0.function == .pf && $0.name.contains("TCP request")) }
            + accesses)
        """
    }

    private var lab: String {
        """
        ## For a lab

        Machines that talk to each other and to the network: TCP streams, and requests with one answer each. Where
        the guest has a vIOMMU, `iommu=pt` in its kernel's command line decides: without it each buffer of Linux's drivers
        is mapped and unmapped, two messages to Kawela for a frame.

        \(table { ($0.name.contains("stream") && $0.function != .vf) || ($0.name.contains("VF to VF") && $0.machine == none) || ($0.function == .pf && $0.name.contains("request and response, median") && $0.machine == none) })
        """
    }

    private var router: String {
        """
        ## For a router test

        A router polls and works in bursts, as DPDK does: rows of 32 frames and of a ring full. One frame at a time is
        the worst case. Under TCG the guest's own processor is the limit of most of these; the tables beside igb without a
        processor show the card alone.

        \(table { $0.name.contains("testpmd") && $0.machine != Translation.translating.rawValue || $0.name.contains("pktgen") && $0.machine == none && $0.function == .pf }
            + batches)
        """
    }

    private var none: String { Translation.none.rawValue }

    private var accesses: String {
        measured.accesses.isEmpty ? "" : "\n\n" + measured.accesses.map { ComparedRow($0) }.table
    }

    private var batches: String {
        let rows = measured.batches.filter { [32, 255].contains($0.size) && !$0.name.contains("checksum") }
        return rows.isEmpty ? "" : "\n\n" + rows.map { ComparedRow(frameOf: $0) }.table
    }

    private func table(_ isChosen: (GuestRow) -> Bool) -> String {
        measured.guests.filter { isChosen($0.row) }.map { ComparedRow($0, isAlone: true) }.table
    }

    /// How many rows are what they should be, and which are not.
    private var aims: String {
        let rows = measured.all.filter { $0.ratio != nil }
        let below = rows.filter { !$0.reachesAim }
        let list = below.map {
            "- \($0.title): \(figure($0.ratio?.median ?? .nan)), aim \(String(format: "%g", $0.aim))"
        }
        return """
            ## Aims

            Eight frames at once and more: at least 1.5 times as good as QEMU's igb; one frame, an access or a guest: as
            good; Linux behind a translating vIOMMU: half as good. \(rows.count - below.count) of \(rows.count) rows reach
            that\(below.isEmpty ? "." : "; these do not:\n\n" + list.joined(separator: "\n"))
            """
    }
}
