// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@Suite("With a message for each vector")
struct VectorTests {
    let driver = TestDriver()

    init() {
        driver.start()
        driver.enableMSIX()
        _ = driver[.ICR]
    }

    @Test("a cause sends its own message, clears itself by EIAC and masks itself by EIAM", arguments: 0..<10)
    func own(vector: Int) {
        driver[.EICS] = 1 << UInt32(vector)
        #expect(driver.host.takeMSIX() == [vector])
        #expect(driver[.EIMS] == 0x1FF_FFFF & ~(1 << UInt32(vector)))
        #expect(driver[.EICR] == 0)
    }

    @Test("several causes at once send a message each")
    func several() {
        driver[.EICS] = 0x2A1
        #expect(driver.host.takeMSIX() == [0, 5, 7, 9])
    }

    @Test("causes past the table's end send nothing, keep no timer running, and can be polled", arguments: 10..<25)
    func pastTheTable(vector: Int) {
        driver[.EICS] = 1 << UInt32(vector)
        driver.advance(milliseconds: 10)
        #expect(driver.host.takeMSIX().isEmpty && driver.port.nextDeadline == nil)
        #expect(driver[.EICR] == 1 << UInt32(vector))
    }

    @Test("only the 25 causes that exist can be set and enabled")
    func existing() {
        driver[.EIMC] = .max
        driver[.EIAM] = 0
        driver[.EICS] = .max
        driver[.EIMS] = 0xFE00_0000
        #expect(driver[.EIMS] == 0 && driver[.EIMC] == 0)
        #expect(driver[.EICR] == 0x1FF_FFFF)
    }

    @Test("without EIAC the cause stays until it is read or written away")
    func noAutoClear() {
        driver[.EIAC] = 0
        driver[.EICS] = 0x0F
        driver[.EICR] = 0x05
        #expect(driver[.EICR] == 0x0A)
        #expect(driver[.EICR] == 0)
        #expect(driver.host.takeMSIX() == [0, 1, 2, 3])
    }

    @Test("without EIAM the vector stays enabled and sends again")
    func noAutoMask() {
        driver[.EIAM] = 0
        driver[.EICS] = 1 << 4
        driver[.EICS] = 1 << 4
        #expect(driver[.EIMS] == 0x1FF_FFFF)
        #expect(driver.host.takeMSIX() == [4, 4])
    }

    @Test("without EIAME, EIAM masks on access to EICR, not on the message", arguments: [false, true])
    func maskOnAccess(writes: Bool) {
        driver[.GPIE] = 0x8000_0011
        driver[.EIAM] = 0x6
        driver[.EICS] = 1 << 1
        #expect(driver.host.takeMSIX() == [1] && driver[.EIMS] == 0x1FF_FFFF)
        if writes { driver[.EICR] = 0 } else { _ = driver[.EICR] }
        #expect(driver[.EIMS] == 0x1FF_FFF9)
    }

    @Test("a masked cause stays and sends when it is unmasked, once")
    func unmask() {
        driver[.EIMC] = 1 << 3
        driver[.EICS] = 1 << 3
        driver.advance(milliseconds: 10)
        #expect(driver.host.takeMSIX().isEmpty)
        driver[.EIMS] = 1 << 2
        #expect(driver.host.takeMSIX().isEmpty)
        driver[.EIMS] = 1 << 3
        #expect(driver.host.takeMSIX() == [3])
        driver.advance(milliseconds: 10)
        #expect(driver.host.takeMSIX().isEmpty)
    }

    @Test("a cause that comes between the message and the unmasking is not lost")
    func whileServed() {
        driver[.EICS] = 1 << 3
        driver[.EICS] = 1 << 3
        #expect(driver.host.takeMSIX() == [3])
        driver[.EIMS] = 1 << 3
        #expect(driver.host.takeMSIX() == [3])
    }

    @Test("a cause that was read while masked does not send at the unmasking")
    func readAway() {
        driver[.EIMC] = 1 << 3
        driver[.EICS] = 1 << 3
        #expect(driver[.EICR] == 1 << 3)
        driver[.EIMS] = 1 << 3
        #expect(driver.host.takeMSIX().isEmpty)
    }

    @Test("EIMS adds, EIMC takes away, EIAC and EIAM are replaced, EICS reads as zero")
    func masks() {
        driver[.EIMC] = .max
        driver[.EIMS] = 0x11
        driver[.EIMS] = 0x22
        driver[.EIMC] = 0x01
        #expect(driver[.EIMS] == 0x32 && driver[.EIMC] == 0x32 && driver[.EICS] == 0)
        driver[.EIAC] = 0x0F
        driver[.EIAC] = 0x30
        driver[.EIAM] = 0x0F
        driver[.EIAM] = 0x40
        #expect(driver[.EIAC] == 0x30 && driver[.EIAM] == 0x40)
    }

    // MARK: Other causes

    @Test("the other causes share the vector of IVAR_MISC", arguments: 0..<10)
    func other(vector: Int) {
        driver[.IVAR_MISC] = 0x8000 | UInt32(vector) << 8
        driver[.IMS] = 1 << 2
        driver[.ICS] = 1 << 2
        #expect(driver.host.takeMSIX() == [vector])
        #expect(driver[.ICR] & 0x7FFF_FFFF == 1 << 2)
    }

    @Test("the other causes send nothing while IVAR_MISC is not valid")
    func otherInvalid() {
        driver[.IVAR_MISC] = 0x0000
        driver[.IMS] = 1 << 2
        driver[.ICS] = 1 << 2
        #expect(driver.host.takeMSIX().isEmpty && driver[.EICR] == 0)
    }

    @Test("another cause that IMS masks is kept, and sends when IMS enables it")
    func otherMasked() {
        driver[.ICS] = 1 << 8
        #expect(driver.host.takeMSIX().isEmpty)
        driver[.IMS] = 1 << 2
        #expect(driver.host.takeMSIX().isEmpty)
        driver[.IMS] = 1 << 8
        #expect(driver.host.takeMSIX() == [0])
    }

    @Test("a change of the link is such a cause")
    func link() {
        driver[.IMS] = 1 << 2
        driver.uplink.isLinkUp = false
        driver.port.uplinkLinkChanged()
        #expect(driver.host.takeMSIX() == [0])
        #expect(driver[.ICR] & 0x7FFF_FFFF == 1 << 2)
    }

    @Test("INTA and the queue causes of ICR are not used")
    func noQueueCauses() {
        driver[.IMS] = .max
        var ring = driver.makeTransmitRing()
        driver.post(pieces: [Array(repeating: 0, count: 64)], to: &ring)
        driver.ring(ring)
        #expect(driver.uplink.sent.count == 1 && driver.host.takeMSIX().isEmpty && driver[.ICR] == 0)
    }
}
