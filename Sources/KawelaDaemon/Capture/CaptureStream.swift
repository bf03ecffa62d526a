// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// One live capture in the port's thread: makes blocks of what its filter wants, for its ``CaptureTap`` to give away.
///
/// What nobody takes is bounded: once ``CaptureTap/Settings/limit`` bytes wait, frames are only counted, until there is room
/// again. The next block of their interface tells how many, and its statistics.
struct CaptureStream {
    /// Between statistics, in nanoseconds.
    private static let statisticsInterval: UInt64 = 1_000_000_000
    /// So many bytes are published even before the turn is over.
    private static let chunk = 256 << 10

    let tap: CaptureTap
    private let filter: CaptureFilter
    private let snapLength: Int
    private let limit: Int
    /// Not published yet.
    private var blocks = Pcapng()
    /// Bytes that waited for the reader when blocks were last published.
    private var published = 0
    private var comments = CaptureComments()
    private var statistics: [Pcapng.Statistics] = []
    /// Frames that are not in the capture since the last block of each interface.
    private var lost: [UInt64] = []
    private var nextStatistics: UInt64
    private var hasEnded = false

    init(_ tap: CaptureTap) {
        let settings = tap.settings
        (self.tap, filter, limit) = (tap, settings.filter, settings.limit)
        // Readers take 0 for no limit.
        snapLength = min(max(settings.snapLength, 1), Pcapng.longestFrame)
        let start = tap.clock()
        nextStatistics = start &+ Self.statisticsInterval
        let names = settings.filter.interfaces(virtualFunctions: settings.virtualFunctions)
        blocks.addSection(hardware: settings.hardware, application: "kawela")
        for (number, name) in names.enumerated() {
            let description = name == "wire" ? "the port's wire" : "between the port and the driver of \(name)"
            blocks.addInterface(name: name, description: description, snapLength: snapLength)
            statistics.append(Pcapng.Statistics(interface: number, start: start, time: start))
        }
        lost = [UInt64](repeating: 0, count: names.count)
        publish()
    }

    /// What it has to be told of.
    var interest: FrameInterest { filter.interest }

    /// Lets the reader take what there is.
    mutating func publish() {
        if blocks.bytes.count > 0 { published = tap.put(&blocks.bytes) }
    }
}

// MARK: Frames

extension CaptureStream {
    /// Adds frame `index` of `batch` if the filter wants it.
    mutating func add(_ sighting: FrameSighting, _ batch: borrowing FrameBatch, _ index: Int) {
        let left = batch[index].offload
        guard let packet = admit(sighting, left: left) else { return }
        let comment = comments.words(of: sighting, left: left)
        blocks.add(packet, batch, index, limit: snapLength, comment: comments.words, comment)
        if blocks.bytes.count >= Self.chunk { publish() }
    }

    /// Adds a packet without bytes if the filter wants it.
    mutating func add(lost sighting: FrameSighting) {
        let left = FrameBatch.Offload()
        guard let packet = admit(sighting, left: left) else { return }
        let comment = comments.words(of: sighting, left: left)
        blocks.add(packet, comment: comments.words, comment)
    }

    /// Counts what the filter wants; `nil` if it does not, or there is no room.
    private mutating func admit(_ sighting: FrameSighting, left: FrameBatch.Offload) -> Pcapng.Packet? {
        guard !hasEnded, filter.matches(sighting) else { return nil }
        let interface = filter.interface(of: sighting)
        guard interface < statistics.count else { return nil }
        statistics[interface].received &+= 1
        if sighting.isDrop { statistics[interface].dropped &+= 1 }
        guard hasRoom() else {
            statistics[interface].lost &+= 1
            lost[interface] &+= 1
            return nil
        }
        let time = tap.clock()
        if time >= nextStatistics { addStatistics(time) }
        let missing = lost[interface]
        if missing > 0 { lost[interface] = 0 }
        return Pcapng.Packet(
            interface: interface, time: time, isInbound: sighting.isInbound, isDamaged: left.isDamaged, lost: missing)
    }

    /// Whether less than the limit waits, the reader having been given what there is.
    private mutating func hasRoom() -> Bool {
        if published + blocks.bytes.count < limit { return true }
        published = tap.put(&blocks.bytes)
        return published < limit
    }
}

// MARK: Statistics

extension CaptureStream {
    /// Adds the statistics of each interface that had a frame.
    private mutating func addStatistics(_ time: UInt64) {
        nextStatistics = time &+ Self.statisticsInterval
        for index in statistics.indices where statistics[index].received > 0 {
            statistics[index].time = time
            blocks.add(statistics[index])
        }
    }

    /// Adds the last statistics, of every interface. More is not taken.
    mutating func end() {
        guard !hasEnded else { return }
        hasEnded = true
        let time = tap.clock()
        for index in statistics.indices {
            statistics[index].time = time
            blocks.add(statistics[index])
        }
        published = tap.put(&blocks.bytes, isLast: true)
    }
}
