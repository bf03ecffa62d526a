// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

/// A real port programmed, through its registers, to be what a ``SwitchModel`` describes. No VF is enabled, so all 16
/// queues are the PF's and pool p has queues p and p + 8.
final class SwitchBench {
    typealias Origin = SwitchModel.Origin

    /// What came out: deliveries by queue in order, and what left on the wire.
    struct Outcome: Equatable {
        var deliveries: [Int: [Delivery]] = [:]
        var sent: [[UInt8]] = []
    }

    /// One frame for the port; `tag` goes in the transmit descriptor.
    struct Transmission {
        var frame: SwitchFrame
        var tag: UInt16?
    }

    let driver = TestDriver()
    let model: SwitchModel
    private(set) var receiveRings: [TestDriver.ReceiveRing] = []
    private(set) var transmitRings: [TestDriver.TransmitRing] = []

    /// - Parameter bits: more bits for RCTL.
    init(_ model: SwitchModel, receiveControl bits: UInt32 = 0) {
        self.model = model
        driver.start()
        program(receiveControl: bits)
        receiveRings = (0..<16).map { driver.makeReceiveRing($0, count: 16) }
        transmitRings = (0..<16).map { driver.makeTransmitRing($0, count: 32) }
        driver[raw: RCTL.self] |= 1 << 1
    }

    // MARK: Traffic

    /// Sends frames in one go and takes everything that comes of them.
    func send(_ burst: [Transmission], from origin: Origin, secondQueue: Bool = false) -> Outcome {
        driver.uplink.sent = []
        switch origin {
        case .wire: arrive(burst)
        case .pool(let pool): transmit(burst, on: pool + (secondQueue ? 8 : 0))
        }
        var outcome = Outcome(sent: driver.uplink.sent.map(\.bytes))
        for queue in 0..<16 {
            let deliveries = take(queue)
            if !deliveries.isEmpty { outcome.deliveries[queue] = deliveries }
        }
        return outcome
    }

    func arrive(_ burst: [Transmission]) {
        for item in burst { driver.uplink.incoming.append((item.frame.bytes, FrameBatch.Offload())) }
        driver.port.receiveFromUplink()
        driver.advance()
    }

    func transmit(_ burst: [Transmission], on queue: Int) {
        for item in burst {
            if let tag = item.tag { driver.postContext(vlanTag: tag, to: &transmitRings[queue]) }
            let command: UInt64 = item.tag == nil ? 0 : 1 << 30
            driver.post(pieces: [item.frame.bytes], command: command, to: &transmitRings[queue])
        }
        driver.ring(transmitRings[queue])
    }

    func take(_ queue: Int) -> [Delivery] {
        var deliveries: [Delivery] = []
        while let received = driver.take(&receiveRings[queue]) {
            deliveries.append(
                Delivery(
                    bytes: received.bytes, tag: received.status & 1 << 3 != 0 ? received.vlanTag : nil,
                    isLoopback: received.status & 1 << 18 != 0))
        }
        return deliveries
    }

    // MARK: Expectations

    /// What the model says comes of a burst.
    func expected(_ burst: [Transmission], from origin: Origin) -> Outcome {
        var outcome = Outcome()
        for item in burst {
            let fate = model.fate(of: item.frame, from: origin, inserting: item.tag)
            if fate.goesToWire { outcome.sent.append(fate.frame.bytes) }
            for pool in fate.pools {
                let queue = model.queue(of: pool, for: fate.frame, from: origin)
                outcome.deliveries[queue, default: []].append(model.delivery(of: fate.frame, to: pool, from: origin))
            }
        }
        return outcome
    }

    /// Sends one frame; the model and the port both have to treat it as said.
    func expect(
        _ frame: SwitchFrame, from origin: Origin, inserting tag: UInt16? = nil, reaches pools: Set<Int>,
        wire: Bool = false, _ location: SourceLocation = #_sourceLocation
    ) {
        let fate = model.fate(of: frame, from: origin, inserting: tag)
        #expect(fate.pools == pools, "the model's pools", sourceLocation: location)
        #expect(fate.goesToWire == wire, "the model's wire", sourceLocation: location)
        let burst = [Transmission(frame: frame, tag: tag)]
        let outcome = send(burst, from: origin)
        #expect(Set(outcome.deliveries.keys.map { $0 & 7 }) == pools, "the port's pools", sourceLocation: location)
        #expect(outcome.sent.isEmpty == !wire, "the port's wire", sourceLocation: location)
        #expect(outcome == expected(burst, from: origin), "contents", sourceLocation: location)
    }

    // MARK: Counters

    /// Reads the counters; those that reading clears are clear then.
    var counters: SwitchCounters {
        var counters = SwitchCounters()
        for pool in 0..<SwitchModel.poolCount { counters.pools[pool] = poolCounters(pool) }
        counters.sent.packets = Int(driver[raw: GPTC.self])
        counters.sent.octets = Int(driver[raw: GOTCL.self]) | Int(driver[raw: GOTCH.self]) << 32
        counters.violations = Int(driver[raw: SSVPC.self])
        let violators = driver[raw: WVBR.self]
        counters.violatingQueues = Set((0..<32).filter { violators >> UInt32($0) & 1 == 1 })
        return counters
    }

    private func poolCounters(_ pool: Int) -> SwitchCounters.Pool {
        let block = 0x10000 + 0x100 * pool
        func traffic(_ packets: Int, _ octets: Int) -> SwitchCounters.Traffic {
            .init(packets: Int(driver[block + packets]), octets: Int(driver[block + octets]))
        }
        return .init(
            received: traffic(0x10, 0x18), multicast: Int(driver[block + 0x3C]), transmitted: traffic(0x14, 0x34),
            receivedLocally: traffic(0x40, 0x48), transmittedLocally: traffic(0x44, 0x50))
    }
}
