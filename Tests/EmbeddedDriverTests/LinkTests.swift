// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Testing

@testable import EmbeddedDriver

@Suite("The link of a VF") struct LinkTests {
    private func bench(_ state: VFSettings.LinkState) throws -> Bench {
        let bench = try Bench { $0[0].linkState = state }
        bench.introduce(0)
        return bench
    }

    @Test("is announced when it changes")
    func changes() throws {
        let bench = try bench(.auto)
        bench.function.setLink(up: false)
        bench.driver.service()
        #expect(bench.read(0) == [0x2000_0100])
        bench.function.setLink(up: true)
        bench.driver.service()
        #expect(bench.read(0) == [0x2000_0100])
        #expect(bench.events.filter { if case .linkChanged = $0 { true } else { false } }.count == 3)
    }

    @Test("is not announced to a VF without a driver, or when nothing changed")
    func silence() throws {
        let bench = try bench(.auto)
        bench.function.setLink(up: true)
        bench.driver.service()
        #expect(bench.read(0) == nil)
        bench.function.setLink(up: false)
        bench.driver.service()
        #expect(bench.read(1) == nil)
    }

    @Test("waits with its announcement until the answer before was read, but not for ever")
    func unread() throws {
        let bench = try bench(.auto)
        bench.function.request(0, [0x05, 1500])
        bench.function.setLink(up: false)
        bench.driver.service()
        #expect(bench[VMBMEM.self].raw == 0xA000_0005)
        #expect(bench.driver.nextDeadline == bench.now + second)
        #expect(bench.read(0) == [0xA000_0005])
        #expect(bench.read(0) == [0x2000_0100])

        bench.function.request(0, [0x05, 1500])
        bench.function.setLink(up: true)
        bench.driver.service()
        bench.now += second
        bench.driver.service()
        #expect(bench[VMBMEM.self].raw == 0x2000_0100)
        #expect(bench.driver.nextDeadline == nil)
    }

    @Test("that is off has no CTS in any message, and its pool is off")
    func off() throws {
        let bench = try bench(.off)
        #expect(bench[VFRE.self].raw == 0)
        #expect(bench[VFTE.self].raw == 0)
        #expect(bench.ask(0, 0x05, 1500) == [0x8000_0005])
        bench.function.setLink(up: false)
        bench.driver.service()
        #expect(bench.read(0) == [0x0100])
    }

    @Test("that is off does not leave a refusal, which would read as a call to start anew")
    func refusalWhileOff() throws {
        let bench = try bench(.off)
        #expect(bench.ask(0, 0xFF) == [0x4000_00FF])
        #expect(bench.read(0) == [0x0100])
    }

    @Test("that is on does not follow the uplink down, and hears of it coming up")
    func on() throws {
        let bench = try bench(.on)
        bench.function.setLink(up: false)
        bench.driver.service()
        #expect(bench.read(0) == nil)
        bench.function.setLink(up: true)
        bench.driver.service()
        #expect(bench.read(0) == [0x2000_0100])
    }

    @Test("can be switched off and on while the VF runs")
    func switching() throws {
        let bench = try bench(.auto)
        bench.apply { $0[0].linkState = .off }
        #expect(bench[VFTE.self].raw == 0)
        #expect(bench.read(0) == [0x0100])
        bench.apply { $0[0].linkState = .auto }
        #expect(bench[VFTE.self].raw == 1)
        #expect(bench.read(0) == [0x2000_0100])
    }
}

@Suite("The rate of a VF") struct RateTests {
    private func factor(_ whole: UInt32, _ parts: UInt32 = 0) -> UInt32 { 0x8000_0000 | whole << 14 | parts }

    @Test("is a part of the link's speed, for both of its queues")
    func limit() throws {
        let bench = try Bench { $0[1].rate = 300 }
        // 1000 / 300 = 3 + 5461 / 2^14.
        #expect(bench.function.rateLimits[1] == factor(3, 5461))
        #expect(bench.function.rateLimits[9] == nil)
        #expect(bench.function.rateLimits[0] == 0)
        #expect(bench[RTTBCNRM.self].raw == 0x14)
    }

    @Test("follows the link's speed")
    func speed() throws {
        let bench = try Bench { $0[0].rate = 50 }
        #expect(bench.function.rateLimits[0] == factor(20))
        bench.function.setLink(up: true, speedCode: 1)
        bench.driver.service()
        #expect(bench.function.rateLimits[0] == factor(2))
        bench.function.setLink(up: true, speedCode: 0)
        bench.driver.service()
        #expect(bench.function.rateLimits[0] == 0)
    }

    @Test("fits its register", arguments: [1, 2, 7, 999, 1000, 5000])
    func range(_ rate: Int) {
        let limit = RTTBCNRC.limit(of: rate, at: 1000)
        #expect(limit.isEnabled == (rate < 1000))
        #expect(limit.factor >> 14 == (rate < 1000 ? UInt64(1000 / rate) : 0))
    }
}
