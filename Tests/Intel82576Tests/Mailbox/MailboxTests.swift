// SPDX-License-Identifier: Apache-2.0

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
            vf[raw: VMBMEM.self, word] = 0x1000 + UInt32(word)
            #expect(driver[raw: VMBMEM.self, 32 + word] == 0x1000 + UInt32(word))
            driver[raw: VMBMEM.self, 32 + word] = 0x2000 + UInt32(word)
            #expect(vf[raw: VMBMEM.self, word] == 0x2000 + UInt32(word))
            #expect(other[raw: VMBMEM.self, word] == 0)
        }
        vf[0x840] = 1
        #expect(driver[raw: VMBMEM.self, 48] == 0)
    }

    @Test("is owned by the side that takes it first, as both can read")
    func ownership() {
        vf[raw: VFMAILBOX.self] = 4
        #expect(vf[raw: VFMAILBOX.self] == 4 && driver[raw: PFMAILBOX.self, 2] == 4)
        driver[raw: PFMAILBOX.self, 2] = 8
        #expect(vf[raw: VFMAILBOX.self] == 4 && driver[raw: PFMAILBOX.self, 2] == 4)
        vf[raw: VFMAILBOX.self] = 0
        driver[raw: PFMAILBOX.self, 2] = 8
        #expect(vf[raw: VFMAILBOX.self] == 8 && driver[raw: PFMAILBOX.self, 2] == 8)
        vf[raw: VFMAILBOX.self] = 4
        #expect(vf[raw: VFMAILBOX.self] == 8)
        driver[raw: PFMAILBOX.self, 2] = 0
        #expect(vf[raw: VFMAILBOX.self] == 0 && driver[raw: PFMAILBOX.self, 2] == 0)
    }

    @Test("taking it again keeps it")
    func again() {
        vf[raw: VFMAILBOX.self] = 4
        vf[raw: VFMAILBOX.self] = 4
        #expect(vf[raw: VFMAILBOX.self] == 4)
        vf[raw: VFMAILBOX.self] = 0
        driver[raw: PFMAILBOX.self, 2] = 8
        driver[raw: PFMAILBOX.self, 2] = 8
        #expect(driver[raw: PFMAILBOX.self, 2] == 8)
    }

    @Test("is given back by a request, an acknowledgement or a signal", arguments: [1, 2] as [UInt32])
    func released(command: UInt32) {
        vf[raw: VFMAILBOX.self] = 4
        vf[raw: VFMAILBOX.self] = command
        #expect(vf[raw: VFMAILBOX.self] == 0)
        driver[raw: PFMAILBOX.self, 2] = 8
        driver[raw: PFMAILBOX.self, 2] = command
        #expect(driver[raw: PFMAILBOX.self, 2] == 0)
    }

    @Test("RVFU takes it away from the VF and drops what the VF asked, also together with PFU")
    func revoked() {
        vf[raw: VFMAILBOX.self] = 3
        vf[raw: VFMAILBOX.self] = 4
        driver[raw: PFMAILBOX.self, 2] = 1 << 4
        #expect(driver[raw: PFMAILBOX.self, 2] == 0 && vf[raw: VFMAILBOX.self] == 0 && driver[raw: MBVFICR.self] == 0)
        vf[raw: VFMAILBOX.self] = 4
        driver[raw: PFMAILBOX.self, 2] = 1 << 4 | 8
        #expect(driver[raw: PFMAILBOX.self, 2] == 8)
    }

    @Test("a VF's request and acknowledgement are causes of the PF, one bit for each VF")
    func causes() {
        let other = driver.makeVirtualFunction(6)
        driver[raw: VFLRE.self] = 0xFF
        _ = driver[raw: ICR.self]
        driver[raw: EIMS.self] = 1
        driver.host.msix = []
        vf[raw: VFMAILBOX.self] = 1
        #expect(driver[raw: MBVFICR.self] == 1 << 2 && driver.host.msix == [0])
        vf[raw: VFMAILBOX.self] = 2
        other[raw: VFMAILBOX.self] = 3
        #expect(driver[raw: MBVFICR.self] == 1 << 2 | 1 << 6 | 1 << 18 | 1 << 22)
        driver[raw: MBVFICR.self] = 1 << 2 | 1 << 22
        #expect(driver[raw: MBVFICR.self] == 1 << 6 | 1 << 18)
        #expect(driver[raw: ICR.self] & 1 << 8 != 0)
    }

    @Test("taking or giving back the buffer alone interrupts nobody")
    func quiet() {
        for (side, value) in [(Side.vf, 4), (.vf, 0), (.pf, 8), (.pf, 0), (.pf, 16)] as [(Side, UInt32)] {
            if side == .vf { vf[side.rawValue] = value } else { driver[side.rawValue] = value }
        }
        #expect(driver.host.msix.isEmpty && vf.host.msix.isEmpty && driver[raw: MBVFICR.self] == 0)
    }

    @Test("the PF's message and acknowledgement raise the VF's mailbox vector, once each is read")
    func signals() {
        driver[raw: PFMAILBOX.self, 2] = 1
        #expect(vf.host.msix == [2] && vf[raw: VFMAILBOX.self] == 0x10 && vf[raw: VFMAILBOX.self] == 0)
        vf[raw: PVTEIMS.self] = 7
        driver[raw: PFMAILBOX.self, 2] = 2
        #expect(vf.host.msix == [2, 2] && vf[raw: VFMAILBOX.self] == 0x20 && vf[raw: VFMAILBOX.self] == 0)
        vf[raw: PVTEIMS.self] = 7
        driver[raw: PFMAILBOX.self, 2] = 3
        #expect(vf.host.msix == [2, 2, 2] && vf[raw: VFMAILBOX.self] == 0x30 && vf[raw: VFMAILBOX.self] == 0)
    }

    @Test("reading clears nothing but PFSTS, PFACK and RSTD")
    func readToClear() {
        driver[raw: PFMAILBOX.self, 2] = 8 | 1
        #expect(vf[raw: VFMAILBOX.self] == 0x18 && vf[raw: VFMAILBOX.self] == 0x08)
        driver[0] = 1 << 26
        #expect(vf[raw: VFMAILBOX.self] == 0x40 && vf[raw: VFMAILBOX.self] == 0x40)
    }

    @Test("without a vector the VF is not interrupted, but finds the flag", arguments: [0x00, 0x02, 0x83])
    func noVector(entry: UInt32) {
        vf[raw: IVAR_MISC.self] = entry
        #expect(vf[raw: IVAR_MISC.self] == entry)
        driver[raw: PFMAILBOX.self, 2] = 1
        #expect(vf.host.msix.isEmpty && vf[raw: VFMAILBOX.self] == 0x10)
    }

    @Test("MBVFIMR holds the PF's interrupt back, not the cause")
    func masked() {
        driver[raw: MBVFIMR.self] = 0xFB
        vf[raw: VFMAILBOX.self] = 1
        #expect(driver[raw: MBVFICR.self] == 4 && driver.host.msix.isEmpty && driver[raw: ICR.self] & 1 << 8 == 0)
        driver[raw: MBVFIMR.self] = 0xFF
        #expect(driver.host.msix == [0])
        driver[raw: MBVFIMR.self] = 0xFF
        #expect(driver[raw: ICR.self] & 1 << 8 != 0 && driver.host.msix == [0])
    }

    @Test("a VF reset leaves the PF's ownership alone and drops the VF's")
    func reset() {
        driver[raw: PFMAILBOX.self, 2] = 8
        vf[raw: VFMAILBOX.self] = 3
        vf[0] = 1 << 26
        #expect(driver[raw: PFMAILBOX.self, 2] == 8 && driver[raw: MBVFICR.self] == 0)
        driver[raw: PFMAILBOX.self, 2] = 0
        vf[raw: VFMAILBOX.self] = 4
        vf[0] = 1 << 26
        #expect(driver[raw: PFMAILBOX.self, 2] == 0)
    }

    @Test("CTRL.RST empties all of them")
    func physicalReset() {
        vf[raw: VMBMEM.self] = 0x1234
        vf[raw: VFMAILBOX.self] = 1
        vf[raw: VFMAILBOX.self] = 4
        driver[0] = 1 << 26
        #expect(
            driver[raw: VMBMEM.self, 32] == 0 && driver[raw: PFMAILBOX.self, 2] == 0 && driver[raw: MBVFICR.self] == 0
                && driver[raw: MBVFIMR.self] == 0xFF)
    }
}
