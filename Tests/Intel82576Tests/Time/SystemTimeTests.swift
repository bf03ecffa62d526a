// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@Suite("The system time of IEEE 1588")
struct SystemTimeTests {
    let driver = TestDriver()

    init() { driver.start() }

    /// SYSTIML, then SYSTIMH.
    func read() -> UInt64 {
        let low = driver[.SYSTIML]
        return UInt64(driver[.SYSTIMH]) << 32 | UInt64(low)
    }

    func pass(_ nanoseconds: UInt64) { driver.clock.now += nanoseconds }

    /// What Linux writes: 16 ns in units of 2^-19 ns, every clock.
    static let linux: UInt32 = 1 << 24 | 16 << 19

    @Test("stands still until TIMINCA is written, and then counts in its units")
    func runs() {
        pass(1_000_000)
        #expect(read() == 0)
        driver[.TIMINCA] = Self.linux
        for elapsed in [16, 1600, 1_000_000_000, 8 * 3600 * 1_000_000_000] as [UInt64] {
            let before = read()
            pass(elapsed)
            #expect(read() &- before == elapsed << 19)
        }
    }

    @Test("grows by INCVALUE once every INCPERIOD clocks of 16 ns; a period of 0 is one", arguments: [0, 1, 3, 255])
    func period(_ period: UInt32) {
        driver[.TIMINCA] = period << 24 | 1000
        let length = 16 * UInt64(max(1, period))
        pass(length - 1)
        #expect(read() == 0)
        pass(1)
        #expect(read() == 1000)
        pass(9 * length)
        #expect(read() == 10_000)
    }

    @Test("goes on from where it is when TIMINCA changes")
    func continuous() {
        driver[.TIMINCA] = 1 << 24 | 100
        pass(16 * 7 + 8)
        driver[.TIMINCA] = 1 << 24 | 5
        #expect(read() == 700)
        pass(8)
        #expect(read() == 705)
        driver[.TIMINCA] = 0
        pass(1_000_000)
        #expect(read() == 705)
    }

    @Test("is latched by a read of its low half")
    func latch() {
        driver[.TIMINCA] = 1 << 24 | 0x80_0000
        driver[.SYSTIMH] = 7
        driver[.SYSTIML] = 0xFFFF_FFFF
        #expect(driver[.SYSTIML] == 0xFFFF_FFFF)
        pass(16)
        #expect(driver[.SYSTIMH] == 7)
        #expect(read() == 8 << 32 | 0x7F_FFFF)
    }

    @Test("is set by writes, and goes on from there", arguments: [false, true])
    func set(highFirst: Bool) {
        driver[.TIMINCA] = Self.linux
        pass(123_456)
        if highFirst { driver[.SYSTIMH] = 0x1234 }
        driver[.SYSTIML] = 0
        if !highFirst { driver[.SYSTIMH] = 0x1234 }
        #expect(read() == 0x1234 << 32)
        pass(1600)
        #expect(read() == 0x1234 << 32 + 1600 << 19)
    }

    @Test("is moved by TIMADJ when its high half is written, back with the sign bit")
    func adjust() {
        driver[.SYSTIMH] = 100
        driver[.TIMADJL] = 5
        #expect(read() == 100 << 32)
        driver[.TIMADJH] = 3
        #expect(read() == 103 << 32 | 5)
        driver[.TIMADJH] = 1 << 31 | 1
        #expect(read() == 102 << 32)
        (driver[.TIMADJL], driver[.TIMADJH]) = (.max, .max)
        let most = UInt64.max >> 1
        #expect(read() &+ most == 102 << 32)
    }

    @Test("stops at 0 with a reset", arguments: [false, true])
    func reset(isFunctionReset: Bool) {
        driver[.TIMINCA] = Self.linux
        pass(1_000_000)
        if isFunctionReset { driver.function.reset() } else { driver[.CTRL] = 1 << 26 }
        pass(1_000_000)
        #expect(read() == 0 && driver[.TIMINCA] == 0)
    }
}
