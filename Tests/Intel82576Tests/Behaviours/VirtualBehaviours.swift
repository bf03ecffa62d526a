// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Behaviours that drivers depend on: virtual functions")
struct VirtualBehaviours {
    let bench = VirtualBench(1)
    var driver: TestDriver { bench.driver }
    var vf: TestVirtualFunction { bench.vf }

    @Test("22. A VF's CTRL.RST is done at once, and RSTI and RSTD are zero within two polls of V2PMAILBOX")
    func virtualReset() {
        vf[raw: PVTCTRL.self] = 0x0400_0000
        #expect(vf[raw: PVTCTRL.self] & 0x0400_0000 == 0)
        #expect((1...2).contains { _ in vf[raw: VFMAILBOX.self] & 0xC0 == 0 })
    }

    @Test("22. RSTI stays from the PF's reset until PFRSTD; RSTD is read once")
    func physicalReset() {
        driver[raw: CTRL.self] = 0x0400_0000
        for _ in 0..<200 { #expect(vf[raw: VFMAILBOX.self] & 0xC0 == 0x40) }
        driver[raw: CTRL_EXT.self] = 1 << 14
        #expect(vf[raw: VFMAILBOX.self] & 0xC0 == 0x80 && vf[raw: VFMAILBOX.self] & 0xC0 == 0)
    }

    @Test("22. A VF's reset sets its bit of VFLRE, clears those of VFRE and VFTE, and raises VMMB")
    func notice() {
        (driver[raw: VFRE.self], driver[raw: VFTE.self]) = (0xFF, 0xFF)
        _ = driver[raw: ICR.self]
        vf[raw: PVTCTRL.self] = 0x0400_0000
        #expect(driver[raw: VFLRE.self] == 1 << 1 && driver[raw: ICR.self] & 1 << 8 != 0)
        #expect(driver[raw: VFRE.self] == 0xFD && driver[raw: VFTE.self] == 0xFD)
        driver[raw: VFLRE.self] = 1 << 1
        #expect(driver[raw: VFLRE.self] == 0)
    }

    @Test("23. VFU is refused while PFU is held, and the other way round")
    func ownership() {
        driver[raw: PFMAILBOX.self, 1] = 8
        vf[raw: VFMAILBOX.self] = 4
        #expect(vf[raw: VFMAILBOX.self] & 0xC == 8 && driver[raw: PFMAILBOX.self, 1] & 0xC == 8)
        driver[raw: PFMAILBOX.self, 1] = 0
        vf[raw: VFMAILBOX.self] = 4
        driver[raw: PFMAILBOX.self, 1] = 8
        #expect(vf[raw: VFMAILBOX.self] & 0xC == 4)
    }

    @Test("23. REQ sets MBVFICR k and drops VFU, ACK sets PFACK, STS sets PFSTS, and one read takes them all")
    func request() {
        vf[raw: VFMAILBOX.self] = 4
        vf[raw: VMBMEM.self] = 1
        vf[raw: VFMAILBOX.self] = 1
        #expect(
            vf[raw: VFMAILBOX.self] & 4 == 0 && driver[raw: MBVFICR.self] == 1 << 1 && driver[raw: VMBMEM.self, 16] == 1
        )
        driver[raw: MBVFICR.self] = 1 << 1
        driver[raw: PFMAILBOX.self, 1] = 8
        driver[raw: VMBMEM.self, 16] = 0x8000_0001
        driver[raw: PFMAILBOX.self, 1] = 2 | 8
        driver[raw: PFMAILBOX.self, 1] = 1
        #expect(vf[raw: VFMAILBOX.self] & 0x30 == 0x30 && vf[raw: VFMAILBOX.self] & 0x30 == 0)
        #expect(vf[raw: VMBMEM.self] == 0x8000_0001)
        vf[raw: VFMAILBOX.self] = 2
        #expect(driver[raw: MBVFICR.self] == 1 << 17)
    }

    @Test("24. The messages of igbvf's start pass whole: reset with the address back, then all the others in its order")
    func messages() {
        func exchange(_ request: [UInt32], _ reply: [UInt32]) {
            vf[raw: VFMAILBOX.self] = 4
            for (word, value) in request.enumerated() { vf[raw: VMBMEM.self, word] = value }
            vf[raw: VFMAILBOX.self] = 1
            #expect(driver[raw: MBVFICR.self] & 1 << 1 != 0)
            driver[raw: MBVFICR.self] = 1 << 1
            driver[raw: PFMAILBOX.self, 1] = 8
            #expect(request.indices.allSatisfy { driver[raw: VMBMEM.self, 16 + $0] == request[$0] })
            driver[raw: PFMAILBOX.self, 1] = 2 | 8
            for (word, value) in reply.enumerated() { driver[raw: VMBMEM.self, 16 + word] = value }
            driver[raw: PFMAILBOX.self, 1] = 1
            #expect(vf[raw: VFMAILBOX.self] & 0x30 == 0x30)
            vf[raw: VFMAILBOX.self] = 4
            #expect(reply.indices.allSatisfy { vf[raw: VMBMEM.self, $0] == reply[$0] })
            vf[raw: VFMAILBOX.self] = 2
            driver[raw: MBVFICR.self] = 1 << 17
        }
        exchange([1], [0x8000_0001, 0x5452_0002, 0x0000_0100])
        exchange([2, 0x5452_0002, 0x0000_0100], [0xA000_0002])
        exchange([3 | 30 << 16] + (0..<15).map { $0 << 16 | $0 + 1 }, [0xA000_0003])
        exchange([2 | 1 << 16], [0xA000_0002])
        exchange([4 | 1 << 16, 100], [0xA001_0004])
        exchange([5, 1522], [0xA000_0005])
        exchange([6], [0x6000_0006])
    }

    @Test("24. A ping of the PF's reaches the VF with CTS, and STATUS.LU is the port's")
    func ping() {
        driver[raw: VMBMEM.self, 16] = 0x2000_0100
        driver[raw: PFMAILBOX.self, 1] = 1
        #expect(vf[raw: VFMAILBOX.self] & 0x10 != 0 && vf[raw: VMBMEM.self] == 0x2000_0100)
        #expect(vf[raw: PVTSTATUS.self] & 2 == driver[raw: STATUS.self] & 2 && vf[raw: PVTSTATUS.self] & 2 == 2)
    }

    @Test("25. VF k has the EICR bits and EITR 22-3k to 24-3k", arguments: 0..<8)
    func vectors(index: Int) {
        let bench = VirtualBench(index, of: 8)
        let first = 22 - 3 * index
        for vector in 0..<3 {
            bench.vf[raw: EITR.self, vector] = UInt32(vector + 1) << 2
            #expect(bench.driver[raw: EITR.self, first + vector] == UInt32(vector + 1) << 2)
            bench.driver[raw: EICS.self] = 1 << UInt32(first + vector)
            bench.driver.advance()
            #expect(bench.driver.host.msix.isEmpty, "it is no vector of the PF's")
        }
        bench.vf[raw: PVTEICS.self] = 7
        bench.driver.advance()
        #expect(bench.vf.host.msix == [0, 1, 2])
    }

    @Test("25. VF k has queues k and k + 8, three MSI-X vectors, and the PF has ten", arguments: 0..<8)
    func queues(index: Int) {
        let bench = VirtualBench(index, of: 8)
        for (own, port) in [(0x2800, 0xC000), (0x2900, 0xC200), (0x3800, 0xE000), (0x3900, 0xE200)] {
            bench.vf[own] = 0x8000
            #expect(bench.driver[port + 0x40 * index] == 0x8000)
        }
        #expect(bench.vf.function.readConfiguration(at: 0x72, width: 2) & 0x7FF == 2)
        #expect(bench.driver.function.readConfiguration(at: 0x72, width: 2) & 0x7FF == 9)
        #expect(bench.driver.function.readConfiguration(at: 0x16C, width: 4) == 0x0008_0008, "Initial and Total VFs")
    }

    @Test("25. The default pool is VT_CTL 9:7, and an address' pools are RAH 25:18", arguments: 0..<7)
    func pools(owner: Int) {
        let driver = TestDriver(virtualFunctions: 8)
        driver.enableVirtualFunctions(7)
        driver.start()
        driver[raw: MRQC.self] = 3
        driver[raw: VT_CTL.self] = 7 << 7
        for pool in 0..<8 { driver[raw: VMOLR.self, pool] = 1 << 27 }
        let vf = driver.makeVirtualFunction(owner)
        vf.start()
        driver[raw: VFRE.self] = 0xFF
        var (own, rest) = (vf.makeReceiveRing(), driver.makeReceiveRing(7))
        driver[raw: RAL.self, 1] = 0x0000_5452
        driver[raw: RAH.self, 1] = 1 << 31 | 0x0100 | 1 << UInt32(18 + owner)
        driver.enableReceive()
        driver.arrive(TestDriver.frame(to: [0x52, 0x54, 0, 0, 0, 1]))
        #expect(vf.take(&own) != nil && driver.take(&rest) == nil)
        driver.arrive(TestDriver.frame(to: [0x52, 0x54, 0, 0, 0, 2]))
        #expect(vf.take(&own) == nil && driver.take(&rest) != nil)
    }

    @Test("25. A VF's counters stay and wrap at 32 bits, the PF's clear by reading, wide ones by their high half")
    func counters() {
        let counter = 0x10010 + 0x100 * 1
        driver.port.registers[word: counter / 4] = .max
        #expect(vf[raw: PFVFGPRC.self] == .max && vf[raw: PFVFGPRC.self] == .max)
        driver.port.registers[word: counter / 4] &+= 1
        #expect(vf[raw: PFVFGPRC.self] == 0)
        driver.port.registers.add(5, to: GPRC.self)
        #expect(driver[.GPRC] == 5 && driver[.GPRC] == 0)
        driver.port.registers.add64(0x1_0000_0005, to: GORCL.self)
        #expect(driver[.GORCL] == 5 && driver[.GORCL] == 5 && driver[.GORCH] == 1)
        #expect(driver[.GORCL] == 0 && driver[.GORCH] == 0)
    }

    @Test("A VF's ids can be read where a machine has it as a function of its own")
    func identity() {
        #expect(vf.function.readConfiguration(at: 0, width: 4) == 0x10CA_8086)
        #expect(driver.function.readConfiguration(at: 0x178, width: 4) >> 16 == 0x10CA)
    }
}
