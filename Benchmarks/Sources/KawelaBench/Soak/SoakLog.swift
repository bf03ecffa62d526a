// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A line of the log, there at once also when it goes to a file.
func say(_ text: String) {
    print(text)
    fflush(nil)
}

/// What was counted at the end of one round.
struct SoakSample {
    var seconds: Double
    var process: ProcessSample
    /// Milliseconds of the register reads during the round.
    var latency: Samples
    /// Since the start, as the next ones.
    var frames, events, attacks, secondAttempts: Int

    var minutes: Double { seconds / 60 }

    var line: String {
        let times = [0.5, 0.99, 1].map { String(format: "%.2f", latency.quantile($0)) }.joined(separator: " / ")
        return String(format: "%.1f min: ", minutes)
            + "\(process.anonymous) KiB, \(process.descriptors) descriptors, \(process.threads) threads, "
            + "\(process.mappings) mappings, register read \(times) ms, \(frames) frames, \(attacks) attacks"
    }
}

/// All samples of a soak, and how often what happened.
struct SoakLog {
    private(set) var samples: [SoakSample] = []
    private(set) var events: [SoakEvent: Int] = [:]
    var refused: [String] = []

    mutating func add(_ sample: SoakSample, _ round: [SoakEvent]) {
        samples.append(sample)
        for event in round { events[event, default: 0] += 1 }
        samples[samples.count - 1].events = events.values.reduce(0, +)
    }

    var csv: String {
        let heading =
            "seconds,anonymous KiB,resident KiB,mappings,descriptors,threads,reads,p50 ms,p99 ms,max ms,frames,events,attacks,"
            + "second attempts\n"
        return heading
            + samples.map { sample in
                let (process, latency) = (sample.process, sample.latency)
                let counts = [
                    process.anonymous, process.resident, process.mappings, process.descriptors, process.threads,
                ]
                let times = [0.5, 0.99, 1].map { String(format: "%.3f", latency.quantile($0)) }
                let totals = [sample.frames, sample.events, sample.attacks, sample.secondAttempts]
                let cells = ["\(Int(sample.seconds))"] + counts.map(String.init) + ["\(latency.count)"] + times
                return (cells + totals.map(String.init)).joined(separator: ",") + "\n"
            }.joined()
    }
}
