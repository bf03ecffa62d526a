// SPDX-License-Identifier: Apache-2.0

/// Storm control: how much broadcast and multicast the port takes from the wire in a window of time.
///
/// Amounts are in chunks of 64 bytes, FCS included. Datasheet 7.10.3.8; the unit of SCBI (16 ns, the chip's clock at
/// 1 Gb/s) and its reset value of 100 ms are from memory, no driver writes them.
struct StormControl {
    /// One of the two kinds of traffic.
    struct Meter {
        var chunks: UInt32 = 0
        var exceeds = false
        var exceededBefore = false

        mutating func startWindow(isNext: Bool) {
            (chunks, exceededBefore, exceeds) = (0, isNext && exceeds, false)
        }

        /// Adds a frame. True when it is the one that takes the window over the threshold.
        mutating func add(_ count: UInt32, threshold: UInt32) -> Bool {
            chunks &+= count
            guard chunks > threshold, !exceeds else { return false }
            exceeds = true
            return true
        }
    }

    var broadcast = Meter()
    var multicast = Meter()
    /// When the window began, in clock nanoseconds.
    var start: UInt64 = 0
}

extension StormControl {
    /// What storm control makes of a frame.
    struct Verdict {
        var isDropped = false
        /// The frame took its kind of traffic over the threshold: ICR.SCE.
        var isThresholdPassed = false
    }

    /// Judges a frame of `byteCount` bytes, FCS excluded, from the wire. Unicast always passes.
    /// - Parameter now: clock nanoseconds.
    mutating func judge(
        _ destination: MACAddress, length: Int, _ registers: RegisterFile, now: UInt64
    ) -> Verdict {
        let control = registers[SCCRL.self]
        guard !control.isOff, destination.isMulticast else { return Verdict() }
        startWindow(after: control.interval &* registers[SCBI.self].nanoseconds, now: now)
        let chunks = UInt32(truncatingIfNeeded: (length + 63) / 64)
        let isBroadcast = destination.isBroadcast
        let threshold = isBroadcast ? registers[BSCTRH.self].chunks : registers[MSCTRH.self].chunks
        var meter = isBroadcast ? broadcast : multicast
        let isThresholdPassed = meter.add(chunks, threshold: threshold)
        let dropsWithin = isBroadcast ? control.dropsBroadcastWithin : control.dropsMulticastWithin
        let dropsAfter = isBroadcast ? control.dropsBroadcastAfter : control.dropsMulticastAfter
        if isBroadcast { broadcast = meter } else { multicast = meter }
        storeStatus(in: registers)
        let isDropped = dropsWithin && meter.exceeds || dropsAfter && meter.exceededBefore
        return Verdict(isDropped: isDropped, isThresholdPassed: isThresholdPassed)
    }

    private mutating func startWindow(after length: UInt64, now: UInt64) {
        let elapsed = now &- start
        guard elapsed >= length else { return }
        let isNext = elapsed < 2 &* length
        broadcast.startWindow(isNext: isNext)
        multicast.startWindow(isNext: isNext)
        start = now
    }

    private func storeStatus(in registers: RegisterFile) {
        var status = SCSTS(raw: 0)
        (status.exceedsBroadcast, status.exceededBroadcast) = (broadcast.exceeds, broadcast.exceededBefore)
        (status.exceedsMulticast, status.exceededMulticast) = (multicast.exceeds, multicast.exceededBefore)
        registers[SCSTS.self] = status
        registers[BSCCNT.self].chunks = broadcast.chunks
        registers[MSCCNT.self].chunks = multicast.chunks
    }
}
