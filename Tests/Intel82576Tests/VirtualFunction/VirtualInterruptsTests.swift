import KawelaTestSupport
import Testing

@testable import Intel82576

/// A port with `count` VFs enabled, VF `index` plugged in with MSI-X on as igbvf does it, the PF with its own as igb.
struct VirtualBench {
    let driver = TestDriver(virtualFunctions: 8)
    let vf: TestVirtualFunction
    var index: Int { vf.index }

    init(_ index: Int = 2, of count: Int = 7) {
        driver.enableVirtualFunctions(count)
        vf = driver.makeVirtualFunction(index)
        driver.start()
        driver.enableMSIX()
        driver[0x1508] = 1 << 8
        driver[0x18] = 1 << 14
        _ = vf[0xC40]
        vf.start()
        vf.enableMSIX()
        driver[0xC88] = 0xFF
        _ = driver[0x1500]
        driver[0x1524] = 1
        driver.advance()
        driver.host.msix = []
        vf.host.msix = []
    }

    /// Queue causes, as the data path raises them.
    func receive(_ queue: Int) {
        driver.port.interrupts.raiseReceive(queue)
        driver.advance()
    }

    func transmit(_ queue: Int) {
        driver.port.interrupts.raiseTransmit(queue)
        driver.advance()
    }
}

@Suite("Interrupts of a VF") struct VirtualInterruptsTests {
    @Test("each vector belongs to the VF and the number that drivers count on")
    func ownership() {
        for index in 0..<8 {
            for vector in 0..<3 {
                let bit = VirtualInterrupts.shift(index) + vector
                #expect(VirtualInterrupts.mask(index) >> UInt32(bit) & 1 == 1)
                #expect(VirtualInterrupts.owner(of: bit) == (index, vector))
            }
        }
        #expect(VirtualInterrupts.mask(0) == 0x01C0_0000 && VirtualInterrupts.mask(7) == 0xE)
    }

    @Test("its queues raise the vectors of VTIVAR at its own host", arguments: [0, 2, 6])
    func queues(index: Int) {
        let bench = VirtualBench(index)
        bench.vf[0x1700] = 0x8280_8081
        for (raise, vector) in [
            (bench.receive, 1), (bench.transmit, 0),
        ] as [((Int) -> Void, Int)] {
            raise(index)
            #expect(bench.vf.host.msix == [vector])
            bench.vf[0x1524] = 7
            bench.vf.host.msix = []
        }
        bench.receive(index + 8)
        #expect(bench.vf.host.msix == [0])
        bench.vf[0x1524] = 7
        bench.transmit(index + 8)
        #expect(bench.vf.host.msix == [0, 2])
        #expect(bench.driver.host.msix.isEmpty)
    }

    @Test("VTIVAR is replaced by a write, translated for the PF, and reads back as written")
    func vectors() {
        let bench = VirtualBench(2)
        #expect(bench.vf[0x1700] == 0x8081 && bench.driver[0x1708] == 0x1010_9091)
        bench.vf[0x1700] = 0x8200_0080
        #expect(bench.vf[0x1700] == 0x8200_0080 && bench.driver[0x1708] == 0x9210_1090)
    }

    @Test("there is no vector 3")
    func vectorThree() {
        let bench = VirtualBench(2)
        bench.vf[0x1700] = 0x8383_8383
        bench.vf[0x1740] = 0x83
        #expect(bench.vf[0x1700] == 0)
        bench.receive(2)
        bench.transmit(10)
        bench.driver[0xC08] = 1
        #expect(bench.vf.host.msix.isEmpty && bench.vf[0x1580] == 0)
    }

    @Test("a vector of someone else that the PF gives a VF's queue is not raised by it", arguments: [0x80, 0x96])
    func foreignVector(entry: UInt32) {
        let bench = VirtualBench(2)
        let other = bench.driver.makeVirtualFunction(0)
        other.start()
        other.enableMSIX()
        bench.driver[0x1708] = entry
        bench.driver.host.msix = []
        bench.receive(2)
        #expect(bench.driver.host.msix.isEmpty && other.host.msix.isEmpty && bench.vf.host.msix.isEmpty)
        #expect(bench.vf[0x1700] == 0)
    }

    @Test("a queue of the PF cannot raise a VF's vector")
    func physicalQueue() {
        let bench = VirtualBench(2)
        bench.driver[0x171C] = 0x80 | 16
        bench.receive(7)
        #expect(bench.vf.host.msix.isEmpty && bench.vf[0x1580] == 0)
        bench.driver[0x171C] = 0x80 | 1
        bench.receive(7)
        #expect(bench.driver.host.msix == [1])
    }

    @Test("VTEICS, VTEIMS, VTEIMC and VTEICR work on its three bits")
    func registers() {
        let bench = VirtualBench(2)
        bench.vf[0x152C] = 0
        bench.vf[0x1530] = 0
        bench.vf[0x1528] = 0xFFFF_FFFA
        #expect(bench.vf[0x1524] == 5)
        bench.vf[0x1520] = .max
        #expect(bench.vf.host.msix == [0, 2])
        bench.vf[0x1580] = 1
        #expect(bench.vf[0x1580] == 6 && bench.vf[0x1580] == 0)
        bench.vf[0x1520] = 2
        bench.vf[0x1524] = 2
        #expect(bench.vf.host.msix == [0, 2, 1])
    }

    @Test("a message clears its cause by VTEIAC and its mask by VTEIAM")
    func automatic() {
        let bench = VirtualBench(2)
        bench.vf[0x152C] = 1
        bench.vf[0x1530] = 2
        bench.vf[0x1520] = 3
        #expect(bench.vf.host.msix == [0, 1])
        #expect(bench.vf[0x1524] == 5 && bench.vf[0x1580] == 2)
    }

    @Test("a cause that comes while masked fires when it is unmasked")
    func unmasked() {
        let bench = VirtualBench(2)
        bench.vf[0x1528] = 7
        bench.receive(2)
        #expect(bench.vf.host.msix.isEmpty && bench.vf.host.msix.isEmpty)
        bench.vf[0x1524] = 7
        #expect(bench.vf.host.msix == [1])
    }

    @Test("nothing leaves without MSI-X or bus mastering; it does once they are there", arguments: [4, 0x72])
    func held(register: Int) {
        let bench = VirtualBench(2)
        bench.vf.function.writeConfiguration(at: register, width: 2, 0)
        bench.receive(2)
        #expect(bench.vf.host.msix.isEmpty && bench.driver.port.nextDeadline == nil)
        bench.vf.function.writeConfiguration(at: register, width: 2, register == 4 ? 6 : 0x8000)
        #expect(bench.vf.host.msix == [1])
    }

    @Test("VTEITR spaces the messages of its vector only")
    func moderation() {
        let bench = VirtualBench(2)
        bench.vf[0x1684] = 100 << 2
        bench.receive(2)
        bench.vf[0x1524] = 7
        bench.receive(2)
        bench.transmit(2)
        #expect(bench.vf.host.msix == [1, 0])
        #expect(bench.driver.port.nextDeadline == bench.driver.clock.now + 100_000)
        bench.driver.advance(milliseconds: 0.1)
        #expect(bench.vf.host.msix == [1, 0, 1])
        #expect(bench.driver.port.nextDeadline == nil)
    }

    @Test("they go out whatever mode the PF is in", arguments: [UInt32(0), 1])
    func physicalMode(control: UInt32) {
        let bench = VirtualBench(2)
        bench.driver[0x1514] = 0
        bench.driver.function.writeConfiguration(at: 0x72, width: 2, control << 15)
        bench.driver.host.msix = []
        bench.receive(2)
        #expect(bench.vf.host.msix == [1])
        #expect(bench.driver.host.msix.isEmpty && !bench.driver.host.isINTxAsserted)
        #expect(bench.driver[0x1500] & 0x80 == 0)
    }
}

@Suite("The PF and the interrupts of VFs") struct InterruptOwnershipTests {
    private static let registers = [0x1520, 0x1524, 0x1528, 0x152C, 0x1530, 0x1580]

    @Test("the PF neither sees nor changes the bits of VFs", arguments: [1, 3, 7, 8])
    func bits(count: Int) {
        let bench = VirtualBench(0, of: count)
        let owned = (0..<count).reduce(UInt32(0)) { $0 | VirtualInterrupts.mask($1) }
        bench.vf[0x152C] = 0
        bench.vf[0x1530] = 5
        bench.vf[0x1528] = 2
        bench.vf[0x1520] = 2
        for register in Self.registers { bench.driver[register] = .max }
        #expect(bench.vf[0x1524] == 5 && bench.vf[0x1530] == 5 && bench.vf[0x152C] == 0)
        for register in Self.registers { #expect(bench.driver[register] & owned == 0) }
        #expect(bench.vf[0x1580] == 2 && bench.vf.host.msix.isEmpty)
    }

    @Test("it keeps its own bits")
    func own() {
        let bench = VirtualBench(0, of: 7)
        bench.driver[0x1528] = .max
        bench.driver[0x1524] = .max
        #expect(bench.driver[0x1524] == 0xF)
        bench.driver[0x152C] = 0
        bench.driver[0x1520] = .max
        #expect(bench.driver[0x1580] == 0xF)
        #expect(bench.driver.host.msix == [0, 1, 2, 3])
    }

    @Test("bits change hands with VF Enable")
    func changing() {
        let driver = TestDriver(virtualFunctions: 8)
        driver.start()
        driver.enableMSIX()
        driver[0x1528] = .max
        driver[0x1520] = .max
        driver[0x1524] = 1 << 24
        driver.enableVirtualFunctions(1)
        #expect(driver[0x1524] == 0 && driver[0x1580] == 0x003F_FFFF && driver[0x152C] == 0x003F_FFFF)
        let vf = driver.makeVirtualFunction(0)
        #expect(vf[0x1524] == 0 && vf[0x1580] == 0 && vf[0x152C] == 0)
        driver.enableVirtualFunctions(0)
        driver[0x1524] = .max
        #expect(driver[0x1524] == 0x01FF_FFFF)
    }

    @Test("switching to one vector a bit leaves it nothing in bits of VFs")
    func modeSwitch() {
        let bench = VirtualBench(7, of: 8)
        bench.driver[0x1514] = 0
        bench.driver[0x1520] = 0xE
        bench.driver[0x1524] = 0xE
        bench.driver[0x1514] = 1 << 4
        #expect(bench.driver[0x1524] == 1 && bench.driver[0x1580] == 0)
        #expect(bench.vf[0x1580] == 0)
    }
}
