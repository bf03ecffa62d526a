// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Of a frame that is dropped an observer")
struct DropSightingTests {
    @Test("is told once, with all that is known of where, and no more is counted", arguments: DropScenario.all)
    func once(scenario: DropScenario) {
        let (driver, record) = scenario.run()
        #expect(record.drops == [scenario.expected])
        #expect(record.differences(from: driver.port.counters) == [])
        for function in 0..<9 {
            let counted = driver.port.drops(ofFunction: function)
            #expect(Dictionary(uniqueKeysWithValues: counted) == record.tally { $0.function == function })
        }
        for queue in 0..<16 {
            let counted = driver.port.drops(ofQueue: queue)
            #expect(Dictionary(uniqueKeysWithValues: counted) == record.tally { $0.queue == queue })
        }
    }

    @Test("is told every reason that there is")
    func everyReason() {
        let reasons = Set(DropScenario.all.map(\.expected.place))
        #expect(reasons == Set(DropReason.allCases.map { .dropped($0) }))
    }

    @Test("is told which VF lost it, and its queue")
    func virtualFunctions() {
        let traffic = VirtualTrafficTests()
        var sent = traffic.vfs[0].makeTransmitRing(1)
        let record = traffic.driver.watch()
        traffic.vfs[0].send(traffic.frame(from: 0, to: 1), to: &sent)
        traffic.driver.advance()
        let expected = FrameSighting(.dropped(.queueDisabled), queue: 1, pool: 1, sender: 0, function: 2)
        #expect(record.drops == [expected])
        let port = traffic.driver.port
        #expect(port.drops(ofFunction: 2).map(\.reason) == [.queueDisabled])
        #expect(port.drops(ofQueue: 1).map(\.frames) == [1] && port.drops(ofFunction: 1).isEmpty)
    }

    @Test("is told of each pool for which it is too long, though others get it")
    func tooLongForOne() {
        let bench = SwitchBench(SwitchScene.model { $0.pools[2].longFrameLimit = 100 })
        bench.driver[.RCTL] |= 1 << 5
        let record = bench.driver.watch()
        bench.arrive([.init(frame: SwitchScene.frame(to: SwitchScene.everybody, bytes: 200))])
        #expect(record.drops == [FrameSighting(.dropped(.oversize), pool: 2, function: 0)])
        #expect(record.sightings(.received).map(\.pool) == [0, 1, 7])
        #expect(bench.driver[raw: ROC.self] == 0)
    }

    @Test("is told of each pool that may not receive, though others get it")
    func disabledForOne() {
        let bench = SwitchBench(SwitchScene.model { $0.pools[2].receives = false })
        let record = bench.driver.watch()
        bench.arrive([.init(frame: SwitchScene.frame(to: SwitchScene.everybody))])
        bench.transmit([.init(frame: SwitchScene.frame(to: SwitchScene.everybody))], on: 1)
        #expect(
            record.drops == [
                FrameSighting(.dropped(.poolDisabled), pool: 2, function: 0),
                FrameSighting(.dropped(.poolDisabled), pool: 2, sender: 1, function: 0),
            ])
        #expect(record.sightings(.received).map(\.pool) == [0, 1, 7, 0, 7])
    }

    @Test("is told of every one that waited when the port was reset, in the packet buffer too")
    func waiting() {
        let driver = TestDriver.started()
        _ = driver.makeReceiveRing(count: 8)
        driver.enableReceive()
        (driver[raw: FCRTH.self], driver[.CTRL]) = (0x1000, driver[.CTRL] | 1 << 28)
        let record = driver.watch()
        for number in 0..<12 { driver.arrive(TestDriver.frame(number)) }
        driver[.CTRL] |= 1 << 26
        driver.advance()
        #expect(record.tally() == [.reset: 5])
        #expect(record.differences(from: driver.port.counters) == [])
    }

    @Test("is told of a frame that is too long for every one of its pools, and not that it was received")
    func tooLongForAll() {
        let bench = SwitchBench(SwitchScene.model { for pool in 0..<8 { $0.pools[pool].longFrameLimit = 100 } })
        bench.driver[.RCTL] |= 1 << 5
        let record = bench.driver.watch()
        bench.arrive([.init(frame: SwitchScene.frame(to: SwitchScene.everybody, bytes: 200))])
        #expect(record.drops == [0, 1, 2, 7].map { FrameSighting(.dropped(.oversize), pool: $0, function: 0) })
        #expect(record.sightings(.received).isEmpty && bench.driver[raw: ROC.self] == 1)
    }

    @Test("is told once when several of its buffers cannot be written")
    func severalBuffers() {
        let driver = TestDriver.started()
        let ring = driver.makeReceiveRing(bufferSize: 1024)
        driver.enableReceive(1 << 5)
        for slot in 0..<2 as Range<UInt64> { driver.memory.store(1 << 40, at: ring.base + 16 * slot) }
        let record = driver.watch()
        driver.arrive(TestDriver.frame(length: 3000))
        #expect(record.drops.count == 1 && driver.port.receive.drops[.unwritable] == 1)
        #expect(record.sightings(.received).isEmpty)
    }

    @Test("sees the frame, where there is one", arguments: [DropReason.filtered, .spoofed, .unwritable, .noLink])
    func contents(reason: DropReason) throws {
        let scenario = try #require(DropScenario.all.first { $0.expected.place == .dropped(reason) })
        let record = scenario.run().record
        let entry = try #require(record.entries.first { $0.sighting == scenario.expected })
        #expect(entry.bytes.count >= 60)
    }
}
