// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// One frame that is dropped, and what an observer has to be told of it.
struct DropScenario: Sendable, CustomTestStringConvertible {
    typealias Scene = SwitchScene

    var testDescription: String
    var expected: FrameSighting
    /// Brings it about at a port that is watched from before the drop.
    var run: @Sendable () -> (driver: TestDriver, record: RecordedSightings)

    init(
        _ name: String, _ expected: FrameSighting,
        _ run: @escaping @Sendable () -> (driver: TestDriver, record: RecordedSightings)
    ) {
        (testDescription, self.expected, self.run) = (name, expected, run)
    }

    static let all = transmit + switching + receive + receiveInPools
}

// MARK: What a queue sends

extension DropScenario {
    private static func drop(
        _ reason: DropReason, queue: Int? = nil, pool: Int? = nil, sender: Int? = nil
    ) -> FrameSighting {
        let function = queue == nil && pool == nil ? nil : 0
        return FrameSighting(.dropped(reason), queue: queue, pool: pool, sender: sender, function: function)
    }

    /// Descriptors on queue 5 of a port without pools.
    private static func sending(
        _ post: (TestDriver, inout TestDriver.TransmitRing) -> Void
    ) -> (driver: TestDriver, record: RecordedSightings) {
        let driver = TestDriver.started()
        var ring = driver.makeTransmitRing(5)
        let record = driver.watch()
        post(driver, &ring)
        driver.ring(ring)
        return (driver, record)
    }

    private static let data: UInt64 = 3 << 20 | 1 << 29 | 1 << 24 | 1 << 25 | 1 << 27

    fileprivate static let transmit = [
        DropScenario("an empty packet", drop(.malformed, queue: 5)) {
            sending { $0.post($0.memory.allocate(64), data, to: &$1) }
        },
        DropScenario("a packet to be segmented that is shorter than PAYLEN says", drop(.malformed, queue: 5)) {
            sending { driver, ring in
                driver.postContext(l4: 20, segmentSize: 10_000, to: &ring)
                driver.post(
                    pieces: [FrameRecipe().bytes + [1]], command: 1 << 31, payloadLength: 2, to: &ring)
            }
        },
        DropScenario("a buffer that is not mapped", drop(.unreadable, queue: 5)) {
            sending { $0.post(1 << 40, data | 64 | 64 << 46, to: &$1) }
        },
        DropScenario("a ring that is not mapped", drop(.ringFault, queue: 5)) {
            sending { driver, ring in
                driver[raw: TDBAH.self, 5] = 0x100
                ring.tail = 1
            }
        },
        DropScenario("no link behind the switch", drop(.noLink, queue: 0, pool: 0)) {
            let bench = SwitchBench(Scene.model { $0.defaultPool = nil })
            bench.driver.uplink.isLinkUp = false
            bench.driver.port.uplinkLinkChanged()
            let record = bench.driver.watch()
            bench.transmit([.init(frame: Scene.frame(to: Scene.stranger))], on: 0)
            return (bench.driver, record)
        },
    ]
}

// MARK: The switch

extension DropScenario {
    private static func switching(
        _ model: SwitchModel, queue: Int, _ frame: SwitchFrame
    ) -> (driver: TestDriver, record: RecordedSightings) {
        let bench = SwitchBench(model)
        let record = bench.driver.watch()
        bench.transmit([.init(frame: frame)], on: queue)
        return (bench.driver, record)
    }

    private static let guarded = Scene.model { $0.pools[1].checksSource = true }

    fileprivate static let switching = [
        DropScenario("another pool's source address", drop(.spoofed, queue: 9, pool: 1)) {
            switching(guarded, queue: 9, Scene.frame(to: Scene.everybody))
        },
        DropScenario("a pool's own MAC control frame", drop(.linkControl, queue: 1, pool: 1)) {
            switching(
                guarded, queue: 1, Scene.frame(to: Scene.stranger, from: Scene.station(1), type: [0x88, 0x08]))
        },
        DropScenario("a wire that takes nothing", drop(.undeliverable, queue: 8, pool: 0)) {
            let bench = SwitchBench(Scene.model())
            bench.driver.uplink.isCongested = true
            let record = bench.driver.watch()
            bench.transmit([.init(frame: Scene.frame(to: Scene.stranger))], on: 8)
            bench.driver.advance(milliseconds: 20)
            return (bench.driver, record)
        },
        DropScenario("a pool's own address", drop(.noReceiver, queue: 8, pool: 0)) {
            switching(Scene.model(), queue: 8, Scene.frame(to: Scene.station(0)))
        },
        DropScenario("another pool's address in a VLAN where that is not", drop(.noReceiver, queue: 0, pool: 0)) {
            switching(
                Scene.model { $0.filtersVLANs = true }, queue: 0, Scene.frame(to: Scene.station(1), tags: [20]))
        },
        DropScenario("a pool that may not receive", drop(.poolDisabled, pool: 1, sender: 0)) {
            switching(Scene.model { $0.pools[1].receives = false }, queue: 0, Scene.frame(to: Scene.station(1)))
        },
        DropScenario("a receiver that is off behind the switch", drop(.disabled, pool: 1, sender: 0)) {
            let bench = SwitchBench(Scene.model())
            bench.driver[RCTL.self].isEnabled = false
            let record = bench.driver.watch()
            bench.transmit([.init(frame: Scene.frame(to: Scene.station(1)))], on: 0)
            return (bench.driver, record)
        },
        DropScenario("a copy that is not complete", drop(.unfinished, queue: 8, pool: 0), unfinished),
        DropScenario("too much broadcast", drop(.storm)) {
            let bench = SwitchBench(Scene.model())
            bench.driver[raw: BSCTRH.self] = 1
            var control = SCCRL(raw: 1 << 8)
            control.dropsBroadcastWithin = true
            bench.driver[SCCRL.self] = control
            let record = bench.driver.watch()
            while record.drops.isEmpty, record.entries.count < 100 {
                bench.arrive([.init(frame: Scene.frame(to: Scene.everybody))])
            }
            return (bench.driver, record)
        },
    ]

    /// Only a sender that changes a packet while it is sent can bring it about, so the frame is made here.
    private static func unfinished() -> (driver: TestDriver, record: RecordedSightings) {
        let driver = SwitchBench(Scene.model()).driver
        let (port, record) = (driver.port, driver.watch())
        var batch = FrameBatch()
        if batch.beginFrame(headerBytes: 60) {
            var header = batch.addHeader(60)
            for (offset, byte) in Scene.frame(to: Scene.station(1)).bytes.enumerated() {
                header.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
            }
        }
        batch.setSourcePool(0, of: 0)
        batch[0].offload.needsChecksum = true
        port.receive.beginBatch(port.deviceControl.link, isLoopback: false, systemTime: 0, &port.bridge)
        let forwarding = Forwarding(
            registers: port.registers, isSwitching: true, isLinkUp: true, isWireBlocked: false, queue: 8)
        forwarding.run(batch, port.transmit.summaries, &port.receive, &port.bridge)
        port.receive.finishBatch(&port.interrupts)
        return (driver, record)
    }
}

// MARK: What arrives

extension DropScenario {
    /// A frame for queue 0 of a port without pools.
    private static func arriving(
        _ frame: [UInt8] = TestDriver.frame(), count: Int = 1, ring control: UInt32 = 0,
        offload: FrameBatch.Offload = FrameBatch.Offload(), _ prepare: (TestDriver) -> Void = { _ in }
    ) -> (driver: TestDriver, record: RecordedSightings) {
        let driver = TestDriver.started()
        _ = driver.makeReceiveRing(count: 8, control: control)
        driver.enableReceive()
        prepare(driver)
        let record = driver.watch()
        for _ in 0..<count { driver.arrive(frame, offload: offload) }
        return (driver, record)
    }

    private static func offload(_ change: (inout FrameBatch.Offload) -> Void) -> FrameBatch.Offload {
        var offload = FrameBatch.Offload()
        change(&offload)
        return offload
    }

    fileprivate static let receive = [
        DropScenario("a receiver that is off", drop(.disabled)) { arriving { $0[RCTL.self].isEnabled = false } },
        DropScenario("a damaged frame for a receiver that is off", drop(.disabled)) {
            arriving(offload: offload { $0.markDamaged() }) { $0[RCTL.self].isEnabled = false }
        },
        DropScenario("a wire that loopback cuts off", drop(.disabled)) { arriving { $0[.RCTL] |= 1 << 6 } },
        DropScenario("a frame that is too long", drop(.oversize)) { arriving(TestDriver.frame(length: 1600)) },
        DropScenario("a large frame that cannot be cut", drop(.oversize)) {
            arriving(offload: offload { ($0.segmentation, $0.segmentSize) = (.tcp4, 100) })
        },
        DropScenario("a stranger's address", drop(.filtered)) { arriving(TestDriver.frame(to: [2, 9, 9, 9, 9, 9])) },
        DropScenario("a queue that is off", drop(.queueDisabled, queue: 0)) { arriving { $0[.RXDCTL] = 0 } },
        DropScenario("a full ring that drops", drop(.noDescriptors, queue: 0)) { arriving(count: 8, ring: 1 << 31) },
        DropScenario("a full ring in loopback", drop(.noDescriptors)) {
            let driver = TestDriver.started()
            _ = driver.makeReceiveRing(count: 8)
            driver.enableReceive(1 << 6)
            var ring = driver.makeTransmitRing()
            let record = driver.watch()
            for number in 0..<8 { driver.post(pieces: [TestDriver.frame(number)], to: &ring) }
            driver.ring(ring)
            return (driver, record)
        },
        DropScenario("a buffer that cannot be written", drop(.unwritable, queue: 0)) {
            arriving { $0.memory.store(1 << 40, at: UInt64($0[raw: RDBAL.self])) }
        },
        DropScenario("a ring that cannot be written", drop(.unwritable, queue: 0)) {
            arriving { $0[raw: RDBAH.self] = 0x100 }
        },
        DropScenario("a frame that waits for descriptors as the port is reset", drop(.reset)) {
            let (driver, record) = arriving(count: 8)
            driver[.CTRL] |= 1 << 26
            driver.advance()
            return (driver, record)
        },
        DropScenario("a damaged frame", drop(.damaged)) { arriving(offload: offload { $0.markDamaged() }) },
        DropScenario("a damaged stranger that would be stored", drop(.filtered)) {
            arriving(TestDriver.frame(to: [2, 9, 9, 9, 9, 9]), offload: offload { $0.markDamaged() }) {
                $0[.RCTL] |= 1 << 2
            }
        },
        DropScenario("a PAUSE frame", drop(.macControl)) {
            arriving(PauseReceptionTests.frame(1)) { driver in
                driver[.CTRL] |= 1 << 27
                driver[.RCTL] |= 1 << 22
            }
        },
    ]

    // MARK: What pools are to get

    private static func arriving(
        _ model: SwitchModel, _ frame: SwitchFrame, _ prepare: (SwitchBench) -> Void = { _ in }
    ) -> (driver: TestDriver, record: RecordedSightings) {
        let bench = SwitchBench(model)
        prepare(bench)
        let record = bench.driver.watch()
        bench.arrive([.init(frame: frame)])
        return (bench.driver, record)
    }

    fileprivate static let receiveInPools = [
        DropScenario("a frame that is too long for its pool", drop(.oversize, pool: 2)) {
            let model = Scene.model { $0.pools[2].longFrameLimit = 100 }
            return arriving(model, Scene.frame(to: Scene.station(2), bytes: 200)) { $0.driver[.RCTL] |= 1 << 5 }
        },
        DropScenario("an address of no pool", drop(.filtered)) {
            arriving(Scene.model { $0.defaultPool = nil }, Scene.frame(to: Scene.stranger))
        },
        DropScenario("a damaged frame for no pool", drop(.filtered)) {
            let bench = SwitchBench(Scene.model { $0.defaultPool = nil })
            bench.driver[.RCTL] |= 1 << 2
            let record = bench.driver.watch()
            bench.driver.arrive(
                Scene.frame(to: Scene.stranger).bytes, offload: offload { $0.markDamaged() })
            return (bench.driver, record)
        },
        DropScenario("a frame for a pool that may not receive", drop(.poolDisabled, pool: 1)) {
            arriving(Scene.model { $0.pools[1].receives = false }, Scene.frame(to: Scene.station(1)))
        },
        DropScenario("a damaged frame for a pool that may not receive", drop(.poolDisabled, pool: 1)) {
            let bench = SwitchBench(Scene.model { $0.pools[1].receives = false })
            bench.driver[.RCTL] |= 1 << 2
            let record = bench.driver.watch()
            bench.driver.arrive(Scene.frame(to: Scene.station(1)).bytes, offload: offload { $0.markDamaged() })
            return (bench.driver, record)
        },
        DropScenario("a pool whose queue is off", drop(.queueDisabled, queue: 1, pool: 1)) {
            arriving(Scene.model(), Scene.frame(to: Scene.station(1))) { $0.driver[raw: RXDCTL.self, 1] = 0 }
        },
        DropScenario(
            "a sender's frame for a pool whose queue is off", drop(.queueDisabled, queue: 1, pool: 1, sender: 0)
        ) {
            let bench = SwitchBench(Scene.model())
            bench.driver[raw: RXDCTL.self, 1] = 0
            let record = bench.driver.watch()
            bench.transmit([.init(frame: Scene.frame(to: Scene.station(1)))], on: 0)
            return (bench.driver, record)
        },
        DropScenario("a pool without descriptors", drop(.noDescriptors, queue: 1, pool: 1)) {
            arriving(Scene.model(), Scene.frame(to: Scene.station(1))) { bench in
                for _ in 0..<15 { bench.arrive([.init(frame: Scene.frame(to: Scene.station(1)))]) }
            }
        },
    ]
}
