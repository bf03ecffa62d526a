import Intel82576

/// A wire that leads nowhere: frames are counted and dropped. The link is up.
///
/// It accepts no offloads, so its counters (and a capture around it) show what a wire would carry.
public final class NullBackend: Backend {
    private var traffic = TrafficCounters(drops: .sendLength)

    public init() {}

    public var descriptor: CInt { -1 }
    public var wantsWritable: Bool { false }
    public var isLinkUp: Bool { true }
    public var isCongested: Bool { false }
    public var offloads: UplinkOffloads { [] }
    public var counters: [(name: String, value: UInt64)] { traffic.report }
    public func handleEvent() {}
    public func receive(into batch: inout FrameBatch) {}
    public func close() {}

    public func transmit(_ batch: inout FrameBatch) {
        traffic.dropped(.sendLength, frames: batch.unsendableCount)
        for index in 0..<batch.count where batch[index].isSendable { traffic.sent(bytes: Int(batch[index].byteCount)) }
    }
}
