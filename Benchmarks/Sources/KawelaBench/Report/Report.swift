import Foundation
import KawelaGuest

/// Writes docs/performance.md and docs/performance.svg from what ``Store`` has.
struct Report {
    private let rows: [Row.Result]
    private let guests: [EndToEnd.Result]
    private let device: [DeviceResult]
    private let thresholds: Thresholds
    private let memory: Int?
    private let threads: ThreadedPorts?
    /// What people wrote about the figures.
    private let remarks: String

    init() throws {
        rows = try Store.load("compare") ?? []
        guests = try Store.load("guest") ?? []
        device = try (Store.load("stages") ?? []) + (Store.load("device") ?? [])
        thresholds = try Thresholds.load()
        memory = try Store.load("memory")
        threads = try Store.load("threads")
        remarks = try String(contentsOfFile: Artifacts.repository + "/Benchmarks/remarks.md", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func write() throws {
        let folder = Artifacts.repository + "/docs/"
        try markdown(Surroundings()).write(toFile: folder + "performance.md", atomically: true, encoding: .utf8)
        try Plot(rows).svg.write(toFile: folder + "performance.svg", atomically: true, encoding: .utf8)
    }

    private func markdown(_ place: Surroundings) -> String {
        let parts = [
            heading(place), rows.isEmpty ? nil : sideBySide, guests.isEmpty ? nil : endToEnd,
            device.isEmpty ? nil : deviceAlone, remarks, method,
        ]
        return parts.compactMap(\.self).joined(separator: "\n\n") + "\n"
    }

    private func heading(_ place: Surroundings) -> String {
        """
        # Performance

        Written by `make bench` on \(place.day); not edited by hand. Your figures will differ, the ratios less so.

        \(place.processors) processors, \(place.processor); Linux \(place.kernel); QEMU \(place.qemu). Load average at the
        end \(place.load): the more of it, the wider the spread.
        """
    }

    private var sideBySide: String {
        let lines = rows.map { row in
            let ratio = row.ratio
            let cells = [
                "\(row.name), per \(row.unit)", time(row.kawela), time(row.igb),
                "**\(figure(ratio.median))** (\(figure(ratio.quartiles.lower)) ... \(figure(ratio.quartiles.upper)))",
                Row.all.first { $0.name == row.name }.map { "\($0.aim)" } ?? "",
            ]
            return "| " + cells.joined(separator: " | ") + " |"
        }
        let single = Contestant.allCases.map { contestant in
            let singles = rows.map { $0[contestant].single }.filter { !$0.isEmpty }
            return figure(Samples(singles.map { Samples($0).median }).median / 1000)
        }
        return """
            ## Beside QEMU's own igb

            The same driver program on `-device igb` and on Kawela behind `vfio-user-pci`, in the same stock QEMU. Nanoseconds:
            median, and minimum in brackets. The ratio says how many times as long igb takes as Kawela, with the middle half of
            the rounds in brackets; the aim is the ratio it was built for.

            | | Kawela | QEMU igb | igb / Kawela | aim |
            |---|--:|--:|--:|--:|
            \(lines.joined(separator: "\n"))

            ![How many times as long QEMU's igb takes](performance.svg)

            This is without what a batch costs once: doorbell, wake-up and the first frame together take
            \(single[0]) us with Kawela, and \(single[1]) us with igb, which QEMU reaches without leaving its process.
            """
    }

    private func time(_ figures: Row.Figures) -> String {
        "\(figure(Samples(figures.perFrame).median)) (\(figure(figures.minimum)))"
    }

    private var endToEnd: String {
        let lines = guests.filter { !$0.isLatency }.map { result in
            let (ours, theirs) = (Samples(result.kawela), Samples(result.igb))
            let cells = [
                "\(result.name), \(result.unit)", spread(ours), spread(theirs),
                figure(ours.median / theirs.median),
            ]
            return "| " + cells.joined(separator: " | ") + " |"
        }
        return """
            ## Guests

            Debian guests with their own drivers, under TCG, which takes most of the time itself. Median of the rounds, and the
            middle half in brackets.

            | | Kawela | QEMU igb | Kawela / igb |
            |---|--:|--:|--:|
            \(lines.joined(separator: "\n"))

            \(guests.filter(\.isLatency).map(latencies).joined(separator: "\n\n"))
            """
    }

    private func spread(_ samples: Samples) -> String {
        "\(figure(samples.median)) (\(figure(samples.quartiles.lower)) ... \(figure(samples.quartiles.upper)))"
    }

    /// A histogram with a row for each factor of the square root of 2.
    private func latencies(_ result: EndToEnd.Result) -> String {
        let bounds = (8...40).map { pow(2, Double($0) / 2) }
        let share = { (values: [Double], low: Double, high: Double) in
            100 * Double(values.filter { $0 >= low && $0 < high }.count) / Double(max(1, values.count))
        }
        let lines = zip(bounds, bounds.dropFirst()).compactMap { low, high -> String? in
            let shares = Contestant.allCases.map { share(result[$0], low, high) }
            guard shares.contains(where: { $0 > 0 }) else { return nil }
            return "| \(Int(low)) ... \(Int(high)) | " + shares.map { figure($0) }.joined(separator: " | ") + " |"
        }
        let percentiles = [0.5, 0.9, 0.99].map { part in
            let times = Contestant.allCases.map { contestant in
                result[contestant].isEmpty ? "" : figure(Samples(result[contestant]).quantile(part))
            }
            return "| \(Int(part * 100)) % within | " + times.joined(separator: " | ") + " |"
        }
        return """
            \(result.name), one after the other:

            | \(result.unit) | Kawela | QEMU igb |
            |---|--:|--:|
            \(percentiles.joined(separator: "\n"))

            | \(result.unit) | Kawela, % | QEMU igb, % |
            |---|--:|--:|
            \(lines.joined(separator: "\n"))
            """
    }

    private var deviceAlone: String {
        let lines = device.map { result in
            let limit = thresholds.limits[result.name]
            let cells = [
                "\(result.name), per \(result.unit)", "\(figure(result.median)) (\(figure(result.minimum)))",
                "\(figure(result.lower)) ... \(figure(result.upper))", limit.map { figure($0.instructions) } ?? "",
                "\(result.allocations)",
            ]
            return "| " + cells.joined(separator: " | ") + " |"
        }
        return """
            ## The device alone

            Stages of the pipeline, and whole paths from doorbell to write-back, in one process without QEMU. Nanoseconds:
            median, and minimum in brackets. Instructions are those of Benchmarks/thresholds.json, which `make bench-check`
            holds them to.

            | | ns | middle half | instructions | allocations |
            |---|--:|--:|--:|--:|
            \(lines.joined(separator: "\n"))

            \(memory.map { "Each port more takes \($0) KB of memory." } ?? "") \(threads?.sentence ?? "")
            """
    }

    private var method: String {
        """
        ## Method

        Beside igb: QEMU runs without a processor (`-accel qtest`), and the benchmark plays the guest. It writes frames and
        descriptors straight into the guest's RAM, which QEMU shares as a memfd, rings the doorbell with one qtest command
        and spins on the last descriptor. A batch is 255 descriptors: 255 frames, or 85 segmented packets. Batches of one
        frame alternate with full ones, and what one frame costs is the difference between the two (each the first decile of
        100 batches) divided by the frames more. So doorbell, qtest protocol and wake-ups cancel out. Frames of 60 B to null
        come in batches of 4080, to stand out. Frames to be received wait in the socket while the process that emulates the
        card is stopped; time runs from letting it go on. Pools are VMDq pools of the physical function in all. Interrupts
        are masked. The benchmark has one processor for itself, the cards share the others.

        All cards run at the same time and take turns, round by round. Every frame counts only if it was verified: DD in
        each descriptor; every byte, length and status bit of what was received; the card's counters; with a TAP, the
        kernel's.

        The device alone: the driver program calls the PCIe function and Port.run() directly. A run is one batch, repeated
        for a second. TAP and socket are real ones; their system calls are part of the time.
        """
    }
}
