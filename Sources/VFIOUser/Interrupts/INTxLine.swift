// SPDX-License-Identifier: Apache-2.0

import HostSystem

/// The level of the INTx pin, delivered over an eventfd that only knows edges.
///
/// Signalling masks the line. The client unmasks it when the guest has ended the interrupt (by message, or by signalling
/// ``resample``); if the level is still high then, it is signalled again.
struct INTxLine {
    private let events: ClientEvents
    private var trigger: Descriptor?
    /// The eventfd that the client signals to unmask the line.
    private(set) var resample: Descriptor?
    private var isAsserted = false
    private var isMasked = false

    init(_ events: ClientEvents) { self.events = events }

    mutating func setLevel(asserted: Bool) {
        isAsserted = asserted
        deliver()
    }

    /// Whether `event` is the eventfd that is already bound at the other end: each signal would unmask the line and bring
    /// the next, without end.
    func isLoop(trigger event: Descriptor?) -> Bool { Self.areSame(event, resample) }
    func isLoop(resample event: Descriptor?) -> Bool { Self.areSame(event, trigger) }

    private static func areSame(_ one: Descriptor?, _ other: Descriptor?) -> Bool {
        guard let one, let other else { return false }
        return one.isSameFile(as: other)
    }

    /// Signals `trigger` from now on, or nothing with `nil`. The mask stays as it is: QEMU masks the line while it exchanges the eventfd.
    mutating func bind(to trigger: Descriptor?) {
        self.trigger = trigger
        deliver()
    }

    mutating func bindResample(to resample: Descriptor?) { self.resample = resample }

    mutating func setMasked(_ isMasked: Bool) {
        self.isMasked = isMasked
        deliver()
    }

    /// Unbinds all and unmasks. The level is the device's and stays.
    mutating func disable() {
        (trigger, resample, isMasked) = (nil, nil, false)
    }

    /// Signals once, whatever level and mask are; for a client that tests its wiring.
    func signalOnce() {
        if let trigger { events.signal(trigger) }
    }

    /// The client signalled ``resample``.
    mutating func handleResample() {
        if let resample, events.take(resample) { setMasked(false) }
    }

    private mutating func deliver() {
        guard isAsserted, !isMasked, let trigger else { return }
        isMasked = true
        events.signal(trigger)
    }
}
