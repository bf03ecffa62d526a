// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@Suite("Moderation")
struct ModerationTests {
    let driver = TestDriver()
    var start: UInt64 { 1_000_000_000 + 1_000_000_000 }

    init() {
        driver.start()
        driver.enableMSIX()
        driver[.EIAM] = 0
    }

    /// Sends the first message of `vector`, which starts its interval, and has the next one wait.
    func wait(_ vector: Int, interval: UInt32) {
        driver[.EITR, vector] = interval << 2
        driver[.EICS] = 1 << UInt32(vector)
        driver[.EICS] = 1 << UInt32(vector)
        #expect(driver.host.takeMSIX() == [vector])
    }

    @Test("holds the next message back for the interval in microseconds, exactly", arguments: [1, 49, 162, 245, 8191])
    func interval(microseconds: UInt32) {
        wait(4, interval: microseconds)
        let end = start + UInt64(microseconds) * 1000
        #expect(driver.port.nextDeadline == end)
        driver.run(at: end - 1)
        #expect(driver.host.takeMSIX().isEmpty)
        driver.run(at: end)
        #expect(driver.host.takeMSIX() == [4] && driver.port.nextDeadline == nil)
    }

    @Test("counts from the message, not from the cause")
    func fromTheMessage() {
        wait(1, interval: 100)
        driver.run(at: start + 100_000)
        driver[.EICS] = 1 << 1
        #expect(driver.port.nextDeadline == start + 200_000)
    }

    @Test("lets a message through at once after the interval has passed in silence")
    func silence() {
        driver[.EITR, 1] = 100 << 2
        driver[.EICS] = 1 << 1
        driver.run(at: start + 100_000)
        driver[.EICS] = 1 << 1
        #expect(driver.host.takeMSIX() == [1, 1])
    }

    @Test("makes one message of all that comes in an interval")
    func coalescing() {
        wait(1, interval: 100)
        for time in 1..<100 as Range<UInt64> {
            driver.run(at: start + time * 1000)
            driver[.EICS] = 1 << 1
        }
        #expect(driver.host.takeMSIX().isEmpty)
        driver.run(at: start + 100_000)
        #expect(driver.host.takeMSIX() == [1])
    }

    @Test("is each vector's own, and the earliest sets the deadline")
    func independent() {
        wait(1, interval: 300)
        wait(2, interval: 200)
        driver[.EICS] = 1 << 3
        #expect(driver.host.takeMSIX() == [3])
        #expect(driver.port.nextDeadline == start + 200_000)
        driver.run(at: start + 200_000)
        #expect(driver.host.takeMSIX() == [2] && driver.port.nextDeadline == start + 300_000)
    }

    @Test("ends when EITR is written, unless CNT_IGNR is set")
    func rewritten() {
        wait(1, interval: 100)
        driver[.EITR, 1] = 1 << 31 | 50 << 2
        #expect(driver.host.takeMSIX().isEmpty && driver.port.nextDeadline == start + 100_000)
        #expect(driver[.EITR, 1] == 50 << 2)
        driver[.EITR, 1] = 50 << 2
        #expect(driver.host.takeMSIX() == [1])
        driver[.EICS] = 1 << 1
        #expect(driver.port.nextDeadline == start + 50_000)
    }

    @Test("keeps no timer for a masked cause, and sends it when it is unmasked after the interval")
    func masked() {
        wait(1, interval: 100)
        driver[.EIMC] = 1 << 1
        #expect(driver.port.nextDeadline == nil)
        driver.run(at: start + 150_000)
        #expect(driver.host.takeMSIX().isEmpty)
        driver[.EIMS] = 1 << 1
        #expect(driver.host.takeMSIX() == [1])
    }

    @Test("goes on for a cause that is unmasked before the interval is over")
    func unmaskedEarly() {
        wait(1, interval: 100)
        driver[.EIMC] = 1 << 1
        driver.run(at: start + 50_000)
        driver[.EIMS] = 1 << 1
        #expect(driver.host.takeMSIX().isEmpty && driver.port.nextDeadline == start + 100_000)
    }

    @Test("forgets a cause that was read before its time came")
    func readAway() {
        wait(1, interval: 100)
        _ = driver[.EICR]
        #expect(driver.port.nextDeadline == nil)
        driver.run(at: start + 100_000)
        #expect(driver.host.takeMSIX().isEmpty)
    }

    @Test("stores no reserved bits")
    func readBack() {
        driver[.EITR, 24] = .max
        #expect(driver[.EITR, 24] == 0x7FFF_FFFC)
    }

    @Test("by EITR 0 is that of MSI")
    func msi() {
        driver.setMSIX(false)
        driver.setMSI(true)
        driver[.GPIE] = 0
        driver[.IMS] = 1 << 2
        driver[.EITR, 0] = 100 << 2
        _ = driver[.ICR]
        _ = driver.host.takeMSI()
        for _ in 0..<2 {
            driver[.ICS] = 1 << 2
            _ = driver[.ICR]
        }
        driver[.ICS] = 1 << 2
        #expect(driver.host.takeMSI() == 1 && driver.port.nextDeadline == start + 100_000)
        driver.run(at: start + 100_000)
        #expect(driver.host.takeMSI() == 1)
    }

    @Test("by EITR 0 delays the assertion of INTx, never the release")
    func intx() {
        driver.setMSIX(false)
        driver[.GPIE] = 0
        driver[.IMS] = 1 << 2
        driver[.EITR, 0] = 100 << 2
        _ = driver[.ICR]
        driver[.ICS] = 1 << 2
        #expect(driver.host.isINTxAsserted)
        _ = driver[.ICR]
        #expect(!driver.host.isINTxAsserted)
        driver[.ICS] = 1 << 2
        #expect(!driver.host.isINTxAsserted && driver.port.nextDeadline == start + 100_000)
        driver.run(at: start + 100_000)
        #expect(driver.host.isINTxAsserted)
    }
}
