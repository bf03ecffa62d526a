import PCIe

/// Placeholder of the port's interface towards its owner; see the daemon.
public final class Port {
    public struct Configuration: Sendable {
        /// Station address, first byte on the wire first.
        public var macAddress: MACAddress
        public init(macAddress: MACAddress) { self.macAddress = macAddress }
    }

    /// - Parameter clock: nanoseconds of a monotonic clock.
    public init(_ configuration: Configuration, uplink: any Uplink, clock: @escaping () -> UInt64) {
        fatalError("not there yet")
    }

    /// The physical function, for a transport to serve.
    public var physicalFunction: any Function { fatalError("not there yet") }

    /// Whether a call of ``run()`` would find work.
    public var hasWork: Bool { false }
    /// Does a bounded amount of pending work: rings whose doorbell rang, due timers, interrupts.
    public func run() {}
    /// The uplink may have frames: takes a bounded number of them. Call while ``wantsFrames``.
    public func receiveFromUplink() {}
    /// False while received frames wait for a driver's descriptors: leave the uplink's descriptor alone.
    public var wantsFrames: Bool { true }
    /// The uplink's carrier came or went.
    public func uplinkLinkChanged() {}
    /// When ``run()`` has to be called next, in the clock's nanoseconds; `nil` when no timer runs.
    public var nextDeadline: UInt64? { nil }
}
