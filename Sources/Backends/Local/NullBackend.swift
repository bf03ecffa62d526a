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
        var (frames, bytes, unsendable) = (0, 0, 0)
        for index in 0..<batch.count {
            let frame = batch[index]
            if frame.isSendable {
                (frames, bytes) = (frames &+ 1, bytes &+ Int(frame.byteCount))
            } else if frame.goesToUplink {
                unsendable &+= 1
            }
        }
        traffic.sent(frames: frames, bytes: bytes)
        traffic.dropped(.sendLength, frames: unsendable)
    }
}
