// SPDX-License-Identifier: Apache-2.0

import CBench

/// Something whose cost per frame is measured.
struct Scenario {
    /// Short and stable: thresholds go by it.
    var name: String
    /// What one frame is here: "frame", "packet", "VF"...
    var unit = "frame"
    /// How many of them one run handles.
    var frames: Int
    /// Left out of thresholds: needs root, or measures the kernel.
    var isPortable = true
    var prepare: () throws -> Void = {}
    /// The only part that is measured.
    var run: () -> Void
    var check: () throws -> Void = {}
}

extension Scenario {
    struct Result {
        var nanoseconds: Samples
        /// Allocations in all measured runs together.
        var allocations: Int
        var runs: Int
    }

    /// Measures for about `seconds`, after some runs that do not count.
    func measure(seconds: Double) throws -> Result {
        for _ in 0..<20 { _ = try once() }
        var (samples, allocations) = ([Double](), 0)
        samples.reserveCapacity(100_000)
        let end = cb_now() + UInt64(seconds * 1e9)
        while samples.count < 50 || (cb_now() < end && samples.count < 100_000) {
            let (nanoseconds, allocated) = try once()
            samples.append(Double(nanoseconds) / Double(frames))
            allocations += allocated
        }
        return Result(nanoseconds: Samples(samples), allocations: allocations, runs: samples.count)
    }

    private func once() throws -> (nanoseconds: UInt64, allocations: Int) {
        try prepare()
        let (before, start) = (cb_allocation_count(), cb_now())
        run()
        let (end, after) = (cb_now(), cb_allocation_count())
        try check()
        return (end - start, Int(after - before))
    }

    /// For callgrind: `runs` runs, then a dump of their own. Returns how often they allocated.
    func count(runs: Int) throws -> Int {
        for _ in 0..<3 {
            try prepare()
            run()
            try check()
        }
        var allocations: UInt64 = 0
        for _ in 0..<runs {
            try prepare()
            let before = cb_allocation_count()
            cb_callgrind_start()
            run()
            cb_callgrind_stop()
            allocations += cb_allocation_count() - before
            try check()
        }
        cb_callgrind_dump(name)
        return Int(allocations)
    }
}
