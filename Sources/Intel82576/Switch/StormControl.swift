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
    /// Frames dropped.
    var drops: UInt64 = 0
}

extension Port {
    /// Whether storm control lets a frame from the wire in. Unicast it does not look at.
    func passesStormControl(_ frame: ReceivedFrame) -> Bool {
        let control = registers[SCCRL.self]
        let destination = frame.headers.destination
        guard !control.isOff, destination.isMulticast else { return true }
        startStormWindow(control)
        let chunks = UInt32(truncatingIfNeeded: (frame.byteCount + 4 + 63) / 64)
        let isBroadcast = destination.isBroadcast
        let threshold = registers[word: (isBroadcast ? 0x5DB8 : 0x5DBC) / 4]
        var meter = isBroadcast ? storm.broadcast : storm.multicast
        if meter.add(chunks, threshold: threshold) { interrupts.raise(.stormControl) }
        let dropsWithin = isBroadcast ? control.dropsBroadcastWithin : control.dropsMulticastWithin
        let dropsAfter = isBroadcast ? control.dropsBroadcastAfter : control.dropsMulticastAfter
        if isBroadcast { storm.broadcast = meter } else { storm.multicast = meter }
        showStorm()
        let isDropped = dropsWithin && meter.exceeds || dropsAfter && meter.exceededBefore
        if isDropped { storm.drops &+= 1 }
        return !isDropped
    }

    private func startStormWindow(_ control: SCCRL) {
        let (now, length) = (clock(), control.interval &* UInt64(registers[word: 0x5DCC / 4]) &* 16)
        let elapsed = now &- storm.start
        guard elapsed >= length else { return }
        let isNext = elapsed < 2 &* length
        storm.broadcast.startWindow(isNext: isNext)
        storm.multicast.startWindow(isNext: isNext)
        storm.start = now
    }

    /// SCSTS, BSCCNT and MSCCNT.
    private func showStorm() {
        let (broadcast, multicast) = (storm.broadcast, storm.multicast)
        registers[word: 0x5DB4 / 4] =
            (broadcast.exceeds ? 1 : 0) | (broadcast.exceededBefore ? 2 : 0) | (multicast.exceeds ? 4 : 0)
            | (multicast.exceededBefore ? 8 : 0)
        registers[word: 0x5DC0 / 4] = broadcast.chunks
        registers[word: 0x5DC4 / 4] = multicast.chunks
    }
}
