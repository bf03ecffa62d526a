// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Testing

@testable import EmbeddedDriver

@Suite("A VF that is reset") struct ResetTests {
    @Test("is off and has nothing left of what its driver asked for")
    func forgets() throws {
        let bench = try Bench { $0[0].isTrusted = true }
        bench.introduce(0, 1)
        bench.ask(0, 0x02, 0x0000_5452, 0x7700)
        bench.ask(0, 0x0002_0002, 0x0000_5452, 0x7800)
        bench.ask(0, 0x0001_0003, 0x0021)
        bench.ask(0, 0x0001_0004, 100)
        bench.ask(0, 0x0003_0006)
        bench.function.resetVF(0)
        bench.driver.service()
        #expect(bench[VFRE.self].raw == 0b10)
        #expect(bench[VFTE.self].raw == 0b10)
        #expect(bench.pools(of: address(0x77)) == nil)
        #expect(bench.pools(of: address(0x78)) == nil)
        #expect(bench[MTA.self, 1].raw == 0)
        #expect(bench.pools(inVLAN: 100) == nil)
        var filter = VMOLR(raw: 0)
        (filter.stripsCRC, filter.acceptsBroadcast, filter.acceptsUntagged) = (true, true, true)
        #expect(bench[VMOLR.self] == filter)
        #expect(bench[VFLRE.self].raw == 0)
        #expect(bench.ask(0, 0x01, count: 3) == [0x8000_0001, 0x0000_5452, 0x0000_0100])
    }

    @Test("leaves the others alone")
    func others() throws {
        let bench = try Bench { $0[1].trunk = [100] }
        bench.introduce(0, 1)
        bench.ask(1, 0x0001_0004, 100)
        bench.function.resetVF(0)
        bench.driver.service()
        #expect(bench.pools(of: address(2)) == 0b10)
        #expect(bench.pools(inVLAN: 100) == 0b10)
        #expect(bench.read(1) == nil)
    }

    @Test("and introduces itself at once starts anew")
    func restart() throws {
        let bench = try Bench { $0[0].trunk = [100] }
        bench.introduce(0)
        bench.ask(0, 0x0001_0004, 100)
        bench.function.resetVF(0)
        #expect(bench.ask(0, 0x01, count: 3)?.first == 0x8000_0001)
        #expect(bench[VFRE.self].raw == 0b01)
        #expect(bench.pools(inVLAN: 100) == nil)
        #expect(bench.ask(0, 0x05, 1500) == [0xA000_0005])
    }

    @Test("hears, if it reads messages without introducing itself, that it has to")
    func reader() throws {
        let bench = try Bench()
        bench.function.messages.insert(0)
        #expect(bench.read(0) != nil)
        #expect(bench.read(0) == [0x4000_0000])
        #expect(bench.read(0) == nil)
    }
}

@Suite("A hostile VF") struct HostileVFTests {
    @Test("that keeps the buffer while it asks is answered all the same")
    func keepsBuffer() throws {
        let bench = try Bench()
        bench.function.ownedByVF.insert(0)
        #expect(bench.ask(0, 0x01, count: 3)?.first == 0x8000_0001)
        #expect(bench.function.ownedByVF.isEmpty)
    }

    @Test("that keeps the buffer gets no notices, and costs nothing")
    func withholdsBuffer() throws {
        let bench = try Bench()
        bench.introduce(0, 1)
        bench.function.ownedByVF.insert(0)
        bench.function.setLink(up: false)
        bench.driver.service()
        #expect(bench.read(0) == nil)
        #expect(bench.read(1) == [0x2000_0100])
        #expect(bench.driver.nextDeadline == nil)
        #expect(!bench.driver.hasWork)
        bench.function.ownedByVF.remove(0)
        #expect(bench.ask(0, 0x05, 1500) == [0xA000_0005])
        #expect(bench.read(0) == [0x2000_0100])
    }

    @Test("gets one answer a call, however often it asked")
    func flood() throws {
        let bench = try Bench()
        bench.introduce(0)
        for _ in 0..<1000 { bench.function.request(0, [0x05, 1500]) }
        let before = bench.function.writes.count
        bench.driver.service()
        #expect(bench.function.writes.count - before < 20)
        #expect(!bench.driver.hasWork)
    }

    @Test("cannot fill the log")
    func log() throws {
        let bench = try Bench()
        bench.introduce(0, 1)
        let before = bench.events.count
        for _ in 0..<1000 { bench.ask(0, 0xFF) }
        #expect(bench.events.count - before <= EventRateLimit.burst)
        bench.ask(1, 0xFF)
        #expect(bench.events.last == .refused(vf: 1, .unknown))
        bench.now += second
        bench.ask(0, 0xFF)
        #expect(bench.events.last == .refused(vf: 0, .unknown))
    }

    @Test("with random messages harms nothing of the others'", arguments: 0..<8)
    func random(_ seed: UInt64) throws {
        var generator = SplitMix(state: seed)
        let bench = try Bench(vfs: 2) { ($0[0].isTrusted, $0[1].trunk) = (seed % 2 == 0, [100]) }
        bench.introduce(0, 1)
        bench.ask(1, 0x0001_0004, 100)
        bench.ask(1, 0x0001_0003, 0x0021)
        let filter = bench[VMOLR.self, 1].raw
        for _ in 0..<2000 {
            let words = (0..<16).map { _ in UInt32(truncatingIfNeeded: generator.next()) }
            let kind = generator.next() % 8
            bench.function.request(0, [words[0] & 0x20FF_0000 | UInt32(kind)] + words.dropFirst())
            if generator.next() % 16 == 0 { bench.function.resetVF(0) }
            bench.now += generator.next() % second
            bench.driver.service()
            if generator.next() % 2 == 0 { _ = bench.read(0) }
        }
        #expect(bench[VMOLR.self, 1].raw == filter)
        #expect(bench.pools(of: address(2)) == 0b10)
        #expect(try #require(bench.pools(inVLAN: 100)) & 0b10 != 0)
        #expect(bench[MTA.self, 1].raw & 0b10 != 0)
        #expect(bench[VFRE.self].raw & 0b10 != 0)
        #expect(bench.ask(1, 0x05, 1500) == [0xA000_0005])
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
