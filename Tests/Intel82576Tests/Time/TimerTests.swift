// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@Suite("Timers for software")
struct TimerTests {
    let driver = TestDriver()
    var now: UInt64 { driver.clock.now }

    init() { driver.start() }

    func run(after milliseconds: Double) { driver.advance(milliseconds: milliseconds) }

    // MARK: FRTIMER

    @Test("FRTIMER counts microseconds, milliseconds and seconds, and wraps")
    func freeRunning() {
        driver[.FRTIMER] = 0
        driver.clock.now += 5_432_001_999
        #expect(driver[.FRTIMER] == 5 << 20 | 432 << 10 | 1)
        driver.clock.now += 4091 * 1_000_000_000
        #expect(driver[.FRTIMER] == 432 << 10 | 1)
    }

    @Test("FRTIMER goes on from what is written, over CTRL.RST, and from 0 after a function reset")
    func freeRunningSet() {
        driver[.FRTIMER] = 4095 << 20 | 999 << 10 | 998
        driver.clock.now += 1000
        #expect(driver[.FRTIMER] == 4095 << 20 | 999 << 10 | 999)
        driver[.CTRL] = 1 << 26
        driver.clock.now += 1000
        #expect(driver[.FRTIMER] == 0)
        driver.clock.now += 7000
        driver.function.reset()
        driver.start()
        #expect(driver[.FRTIMER] == 1 << 20)
    }

    // MARK: TCPTIMER

    static let (starts, counts, finishes, repeats) = (UInt32(1 << 8), UInt32(1 << 9), UInt32(1 << 10), UInt32(1 << 11))
    static let cause: UInt32 = 1 << 30

    @Test("TCPTIMER sets EICR bit 30 once, after its milliseconds")
    func once() {
        driver[.TCPTIMER] = 20 | Self.starts | Self.counts
        #expect(driver[.TCPTIMER] == 20 | Self.counts)
        #expect(driver.port.nextDeadline == now + 20_000_000)
        run(after: 19.999)
        #expect(driver[.EICR] == 0)
        run(after: 0.001)
        #expect(driver[.EICR] == Self.cause && driver.port.nextDeadline == nil)
    }

    @Test("TCPTIMER with Loop keeps its beat, and rounds that were missed make one cause")
    func looping() {
        let start = now
        driver[.EIMS] = Self.cause
        driver[.TCPTIMER] = 10 | Self.starts | Self.counts | Self.repeats
        run(after: 10)
        #expect(driver.host.isINTxAsserted && driver[.EICR] == Self.cause)
        run(after: 35)
        #expect(driver[.EICR] == Self.cause && driver[.EICR] == 0)
        #expect(driver.port.nextDeadline == start + 50_000_000)
    }

    @Test("TCPTIMER keeps its place while it does not count")
    func paused() {
        driver[.TCPTIMER] = 10 | Self.starts | Self.counts
        run(after: 4)
        driver[.TCPTIMER] = 10
        run(after: 100)
        #expect(driver[.EICR] == 0 && driver.port.nextDeadline == nil)
        driver[.TCPTIMER] = 10 | Self.counts
        #expect(driver.port.nextDeadline == now + 6_000_000)
    }

    @Test("TCPTIMER does not start without KickStart or with no duration, and CountFinish expires at once")
    func edges() {
        driver[.TCPTIMER] = 10 | Self.counts | Self.repeats
        #expect(driver.port.nextDeadline == nil)
        driver[.TCPTIMER] = Self.starts | Self.counts | Self.repeats
        #expect(driver.port.nextDeadline == nil && driver[.EICR] == 0)
        driver[.TCPTIMER] = Self.finishes
        #expect(driver[.EICR] == Self.cause)
        driver[.TCPTIMER] = 10 | Self.finishes | Self.counts | Self.repeats
        #expect(driver[.EICR] == Self.cause && driver.port.nextDeadline == now + 10_000_000)
    }

    @Test("TCPTIMER has the vector of IVAR_MISC's first byte")
    func vector() {
        driver.enableMSIX()
        driver[.IVAR_MISC] = 0x8085
        driver[.TCPTIMER] = 1 | Self.starts | Self.counts
        run(after: 1)
        #expect(driver.host.takeMSIX() == [5])
        driver[.IVAR_MISC] = 0x8005
        driver[.TCPTIMER] = Self.finishes
        #expect(driver.host.takeMSIX().isEmpty)
    }

    // MARK: Watchdog

    @Test("the watchdog raises its cause when the driver gives no sign of life for so many seconds")
    func watchdog() {
        #expect(driver[.WDSTP] == 2 << 24)
        _ = driver[.ICR]
        driver[.WDSTP] = 3 << 24 | 1
        #expect(driver[.WDSTP] == 3 << 24 | 3 << 16 | 1)
        run(after: 2500)
        #expect(driver[.WDSTP] == 3 << 24 | 1 << 16 | 1)
        driver[.SWDSTS] = 0x5500_0001
        #expect(driver[.SWDSTS] == 0x5500_0000)
        run(after: 2999)
        #expect(driver[.ICR] == 0)
        run(after: 1)
        #expect(driver[.ICR] == 1 << 26 && driver[.WDSTP] == 3 << 24 | 1)
        run(after: 10_000)
        #expect(driver[.ICR] == 0)
        driver[.SWDSTS] = 1
        run(after: 3000)
        #expect(driver[.ICR] == 1 << 26)
    }

    @Test("the watchdog can be made to expire, and does nothing while it is disabled")
    func watchdogForced() {
        _ = driver[.ICR]
        driver[.SWDSTS] = 3
        #expect(driver[.ICR] == 0 && driver.port.nextDeadline == nil)
        driver[.WDSTP] = 200 << 24 | 1
        driver[.SWDSTS] = 2
        #expect(driver[.ICR] == 1 << 26 && driver.port.nextDeadline == nil)
    }
}
