import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("A mailbox") struct MailboxTests {
    let bench = VirtualBench(2)
    var driver: TestDriver { bench.driver }
    var vf: TestVirtualFunction { bench.vf }

    private enum Side: Int {
        case pf = 0xC08
        case vf = 0xC40
    }

    @Test("its 16 words are shared by both sides, and with nobody else")
    func memory() {
        let other = driver.makeVirtualFunction(3)
        for word in 0..<16 {
            vf[0x800 + 4 * word] = 0x1000 + UInt32(word)
            #expect(driver[0x880 + 4 * word] == 0x1000 + UInt32(word))
            driver[0x880 + 4 * word] = 0x2000 + UInt32(word)
            #expect(vf[0x800 + 4 * word] == 0x2000 + UInt32(word))
            #expect(other[0x800 + 4 * word] == 0)
        }
        vf[0x840] = 1
        #expect(driver[0x8C0] == 0)
    }

    @Test("is owned by the side that takes it first, as both can read")
    func ownership() {
        vf[0xC40] = 4
        #expect(vf[0xC40] == 4 && driver[0xC08] == 4)
        driver[0xC08] = 8
        #expect(vf[0xC40] == 4 && driver[0xC08] == 4)
        vf[0xC40] = 0
        driver[0xC08] = 8
        #expect(vf[0xC40] == 8 && driver[0xC08] == 8)
        vf[0xC40] = 4
        #expect(vf[0xC40] == 8)
        driver[0xC08] = 0
        #expect(vf[0xC40] == 0 && driver[0xC08] == 0)
    }

    @Test("taking it again keeps it")
    func again() {
        vf[0xC40] = 4
        vf[0xC40] = 4
        #expect(vf[0xC40] == 4)
        vf[0xC40] = 0
        driver[0xC08] = 8
        driver[0xC08] = 8
        #expect(driver[0xC08] == 8)
    }

    @Test("is given back by a request, an acknowledgement or a signal", arguments: [1, 2] as [UInt32])
    func released(command: UInt32) {
        vf[0xC40] = 4
        vf[0xC40] = command
        #expect(vf[0xC40] == 0)
        driver[0xC08] = 8
        driver[0xC08] = command
        #expect(driver[0xC08] == 0)
    }

    @Test("RVFU takes it away from the VF and drops what the VF asked, also together with PFU")
    func revoked() {
        vf[0xC40] = 3
        vf[0xC40] = 4
        driver[0xC08] = 1 << 4
        #expect(driver[0xC08] == 0 && vf[0xC40] == 0 && driver[0xC80] == 0)
        vf[0xC40] = 4
        driver[0xC08] = 1 << 4 | 8
        #expect(driver[0xC08] == 8)
    }

    @Test("a VF's request and acknowledgement are causes of the PF, one bit for each VF")
    func causes() {
        let other = driver.makeVirtualFunction(6)
        driver[0xC88] = 0xFF
        _ = driver[0x1500]
        driver[0x1524] = 1
        driver.host.msix = []
        vf[0xC40] = 1
        #expect(driver[0xC80] == 1 << 2 && driver.host.msix == [0])
        vf[0xC40] = 2
        other[0xC40] = 3
        #expect(driver[0xC80] == 1 << 2 | 1 << 6 | 1 << 18 | 1 << 22)
        driver[0xC80] = 1 << 2 | 1 << 22
        #expect(driver[0xC80] == 1 << 6 | 1 << 18)
        #expect(driver[0x1500] & 1 << 8 != 0)
    }

    @Test("taking or giving back the buffer alone interrupts nobody")
    func quiet() {
        for (side, value) in [(Side.vf, 4), (.vf, 0), (.pf, 8), (.pf, 0), (.pf, 16)] as [(Side, UInt32)] {
            if side == .vf { vf[side.rawValue] = value } else { driver[side.rawValue] = value }
        }
        #expect(driver.host.msix.isEmpty && vf.host.msix.isEmpty && driver[0xC80] == 0)
    }

    @Test("the PF's message and acknowledgement raise the VF's mailbox vector, once each is read")
    func signals() {
        driver[0xC08] = 1
        #expect(vf.host.msix == [2] && vf[0xC40] == 0x10 && vf[0xC40] == 0)
        vf[0x1524] = 7
        driver[0xC08] = 2
        #expect(vf.host.msix == [2, 2] && vf[0xC40] == 0x20 && vf[0xC40] == 0)
        vf[0x1524] = 7
        driver[0xC08] = 3
        #expect(vf.host.msix == [2, 2, 2] && vf[0xC40] == 0x30 && vf[0xC40] == 0)
    }

    @Test("reading clears nothing but PFSTS, PFACK and RSTD")
    func readToClear() {
        driver[0xC08] = 8 | 1
        #expect(vf[0xC40] == 0x18 && vf[0xC40] == 0x08)
        driver[0] = 1 << 26
        #expect(vf[0xC40] == 0x40 && vf[0xC40] == 0x40)
    }

    @Test("without a vector the VF is not interrupted, but finds the flag", arguments: [0x00, 0x02, 0x83])
    func noVector(entry: UInt32) {
        vf[0x1740] = entry
        #expect(vf[0x1740] == entry)
        driver[0xC08] = 1
        #expect(vf.host.msix.isEmpty && vf[0xC40] == 0x10)
    }

    @Test("MBVFIMR holds the PF's interrupt back, not the cause")
    func masked() {
        driver[0xC84] = 0xFB
        vf[0xC40] = 1
        #expect(driver[0xC80] == 4 && driver.host.msix.isEmpty && driver[0x1500] & 1 << 8 == 0)
        driver[0xC84] = 0xFF
        #expect(driver.host.msix == [0])
        driver[0xC84] = 0xFF
        #expect(driver[0x1500] & 1 << 8 != 0 && driver.host.msix == [0])
    }

    @Test("a VF reset leaves the PF's ownership alone and drops the VF's")
    func reset() {
        driver[0xC08] = 8
        vf[0xC40] = 3
        vf[0] = 1 << 26
        #expect(driver[0xC08] == 8 && driver[0xC80] == 0)
        driver[0xC08] = 0
        vf[0xC40] = 4
        vf[0] = 1 << 26
        #expect(driver[0xC08] == 0)
    }

    @Test("CTRL.RST empties all of them")
    func physicalReset() {
        vf[0x800] = 0x1234
        vf[0xC40] = 1
        vf[0xC40] = 4
        driver[0] = 1 << 26
        #expect(driver[0x880] == 0 && driver[0xC08] == 0 && driver[0xC80] == 0 && driver[0xC84] == 0xFF)
    }
}
