// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// Writes docs/performance.md and docs/performance.svg from what ``Store`` has.
struct Report {
    private let measured: Measured
    /// What people wrote about the figures.
    private let remarks: String

    init() throws {
        measured = try Measured()
        remarks = try String(contentsOfFile: Artifacts.repository + "/Benchmarks/remarks.md", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func write() throws {
        let folder = Artifacts.repository + "/docs/"
        try markdown(Surroundings()).write(toFile: folder + "performance.md", atomically: true, encoding: .utf8)
        try Plot(measured.rows).svg.write(toFile: folder + "performance.svg", atomically: true, encoding: .utf8)
    }

    private func markdown(_ place: Surroundings) -> String {
        let parts = [
            heading(place), Advice(measured: measured).text, accesses, batches, bulk, guests,
            DeviceTable(measured: measured).text, daemon, remarks, Self.method,
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private func heading(_ place: Surroundings) -> String {
        """
        # Performance

        Written by `make bench` on \(place.day); not edited by hand. Your figures will differ, the ratios less so.

        \(place.processors) processors, \(place.processor); Linux \(place.kernel); QEMU \(place.qemu). Load average at the
        end \(place.load): the more of it, the wider the spread.

        Everything is measured beside QEMU's own igb, in turns on the same machine. "Times as good" is above 1 where Kawela
        is better: less time, more frames. Figures are medians of the rounds, and in brackets the middle half of them;
        without brackets there was one round.
        """
    }

    // MARK: Tables

    private var accesses: String {
        section(
            "One access at a time", measured.accesses.map { ComparedRow($0) },
            "From a driver's write or read to its end, as the guest's processor waits for it, QEMU included.")
    }

    private var batches: String {
        let single = measured.batches.filter { $0.size == 1 }.map { ComparedRow(whole: $0) }
        guard !single.isEmpty else { return "" }
        return """
            ## Batches of 1, 8, 32 and 255

            What a user waits for: from the doorbell (or the first byte in the socket) until a driver has seen every
            descriptor done and read every byte received. One frame:

            \(single.table)

            Each frame of a batch, without what a doorbell takes for which there is nothing to do. Nothing is subtracted where
            frames come from the wire. No ratio: the doorbell varies by more than the frame takes.

            \(measured.batches.filter { $0.size > 1 || $0.hasDoorbell }.map { ComparedRow(frameOf: $0) }.table)

            \(reading)
            """
    }

    /// What of a large frame's time is the card's, and what is the driver's.
    private var reading: String {
        let name = "pool to pool 1514 B"
        guard let row = measured.batches.first(where: { $0.name == name && $0.size == 255 }) else { return "" }
        let median = { (values: [Double]) in figure(Samples(values).median) }
        let done = Samples(zip(row.igb.untilDone, row.kawela.untilDone).map { $0 / $1 })
        return """
            That a driver reads what it gets is in these figures, and takes as long with each card. It matters for large frames:
            \(name), 255 at once, takes Kawela \(median(row.kawela.untilDone)) ns each until the last descriptor is done, and
            \(median(row.kawela.perFrame)) ns until all bytes have been read; igb \(median(row.igb.untilDone)) and
            \(median(row.igb.perFrame)) ns. So the card alone is \(figure(done.median)) times as fast, and somebody who wants the frames
            sees \(figure(row.frameRatio.median)).
            """
    }

    private var bulk: String {
        guard !measured.rows.isEmpty else { return "" }
        return """
            ## What a frame more costs

            In batches that fill a ring, what one frame more takes until a driver has read it: doorbell, wake-up and the first
            frame are not in it.

            \(measured.rows.map { ComparedRow($0) }.table)

            ![How many times as long QEMU's igb takes](performance.svg)
            """
    }

    private var guests: String {
        let machines = Translation.allCases.map { machine in
            let rows = measured.guests.filter { $0.row.machine == machine.rawValue }.map { ComparedRow($0) }
            return rows.isEmpty ? "" : "### \(machine.title)\n\n\(rows.table)"
        }.filter { !$0.isEmpty }
        guard !machines.isEmpty else { return "" }
        return """
            ## Guests

            Debian guests with two processors and their own drivers under TCG, which takes most of the time itself. PF is the
            physical function, VF a virtual function in the same guest. The uplink is a TAP interface.

            \(machines.joined(separator: "\n\n"))
            """
    }

    private var daemon: String {
        let costs = (measured.thresholds.daemon ?? [:]).sorted { $0.key < $1.key }
        guard !costs.isEmpty else { return "" }
        let lines = costs.map { "| \($0.key) | \(figure($0.value.calls)) | \(figure($0.value.sleeps)) |" }
        return """
            ## System calls

            Of the `kawela` process for one of each, and how often a thread of it goes to sleep, so that it has to be woken.
            Neither depends on the machine's speed; `make bench-check` holds them.

            | | system calls | sleeps |
            |---|--:|--:|
            \(lines.joined(separator: "\n"))
            """
    }

    private func section(_ title: String, _ rows: [ComparedRow], _ text: String) -> String {
        rows.isEmpty ? "" : "## \(title)\n\n\(text)\n\n\(rows.table)"
    }
}
