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
        vf[0x00000] = 0x0400_0000
        #expect(vf[0x00000] & 0x0400_0000 == 0)
        #expect((1...2).contains { _ in vf[0x00C40] & 0xC0 == 0 })
    }

    @Test("22. RSTI stays from the PF's reset until PFRSTD; RSTD is read once")
    func physicalReset() {
        driver[0x00000] = 0x0400_0000
        for _ in 0..<200 { #expect(vf[0x00C40] & 0xC0 == 0x40) }
        driver[0x00018] = 1 << 14
        #expect(vf[0x00C40] & 0xC0 == 0x80 && vf[0x00C40] & 0xC0 == 0)
    }

    @Test("22. A VF's reset sets its bit of VFLRE, clears those of VFRE and VFTE, and raises VMMB")
    func notice() {
        (driver[0x00C8C], driver[0x00C90]) = (0xFF, 0xFF)
        _ = driver[0x01500]
        vf[0x00000] = 0x0400_0000
        #expect(driver[0x00C88] == 1 << 1 && driver[0x01500] & 1 << 8 != 0)
        #expect(driver[0x00C8C] == 0xFD && driver[0x00C90] == 0xFD)
        driver[0x00C88] = 1 << 1
        #expect(driver[0x00C88] == 0)
    }

    @Test("23. VFU is refused while PFU is held, and the other way round")
    func ownership() {
        driver[0x00C04] = 8
        vf[0x00C40] = 4
        #expect(vf[0x00C40] & 0xC == 8 && driver[0x00C04] & 0xC == 8)
        driver[0x00C04] = 0
        vf[0x00C40] = 4
        driver[0x00C04] = 8
        #expect(vf[0x00C40] & 0xC == 4)
    }

    @Test("23. REQ sets MBVFICR k and drops VFU, ACK sets PFACK, STS sets PFSTS, and one read takes them all")
    func request() {
        vf[0x00C40] = 4
        vf[0x00800] = 1
        vf[0x00C40] = 1
        #expect(vf[0x00C40] & 4 == 0 && driver[0x00C80] == 1 << 1 && driver[0x00840] == 1)
        driver[0x00C80] = 1 << 1
        driver[0x00C04] = 8
        driver[0x00840] = 0x8000_0001
        driver[0x00C04] = 2 | 8
        driver[0x00C04] = 1
        #expect(vf[0x00C40] & 0x30 == 0x30 && vf[0x00C40] & 0x30 == 0)
        #expect(vf[0x00800] == 0x8000_0001)
        vf[0x00C40] = 2
        #expect(driver[0x00C80] == 1 << 17)
    }

    @Test("24. The messages of igbvf's start pass whole: reset with the address back, then all the others in its order")
    func messages() {
        func exchange(_ request: [UInt32], _ reply: [UInt32]) {
            vf[0x00C40] = 4
            for (word, value) in request.enumerated() { vf[0x00800 + 4 * word] = value }
            vf[0x00C40] = 1
            #expect(driver[0x00C80] & 1 << 1 != 0)
            driver[0x00C80] = 1 << 1
            driver[0x00C04] = 8
            #expect(request.indices.allSatisfy { driver[0x00840 + 4 * $0] == request[$0] })
            driver[0x00C04] = 2 | 8
            for (word, value) in reply.enumerated() { driver[0x00840 + 4 * word] = value }
            driver[0x00C04] = 1
            #expect(vf[0x00C40] & 0x30 == 0x30)
            vf[0x00C40] = 4
            #expect(reply.indices.allSatisfy { vf[0x00800 + 4 * $0] == reply[$0] })
            vf[0x00C40] = 2
            driver[0x00C80] = 1 << 17
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
        driver[0x00840] = 0x2000_0100
        driver[0x00C04] = 1
        #expect(vf[0x00C40] & 0x10 != 0 && vf[0x00800] == 0x2000_0100)
        #expect(vf[0x00008] & 2 == driver[0x00008] & 2 && vf[0x00008] & 2 == 2)
    }

    @Test("25. VF k has the EICR bits and EITR 22-3k to 24-3k", arguments: 0..<8)
    func vectors(index: Int) {
        let bench = VirtualBench(index, of: 8)
        let first = 22 - 3 * index
        for vector in 0..<3 {
            bench.vf[0x01680 + 4 * vector] = UInt32(vector + 1) << 2
            #expect(bench.driver[0x01680 + 4 * (first + vector)] == UInt32(vector + 1) << 2)
            bench.driver[0x01520] = 1 << UInt32(first + vector)
            bench.driver.advance()
            #expect(bench.driver.host.msix.isEmpty, "it is no vector of the PF's")
        }
        bench.vf[0x01520] = 7
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
        driver[0x05818] = 3
        driver[0x0581C] = 7 << 7
        for pool in 0..<8 { driver[0x05AD0 + 4 * pool] = 1 << 27 }
        let vf = driver.makeVirtualFunction(owner)
        vf.start()
        driver[0x00C8C] = 0xFF
        var (own, rest) = (vf.makeReceiveRing(), driver.makeReceiveRing(7))
        driver[0x05408] = 0x0000_5452
        driver[0x0540C] = 1 << 31 | 0x0100 | 1 << UInt32(18 + owner)
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
        #expect(vf[0x00F10] == .max && vf[0x00F10] == .max)
        driver.port.registers[word: counter / 4] &+= 1
        #expect(vf[0x00F10] == 0)
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
