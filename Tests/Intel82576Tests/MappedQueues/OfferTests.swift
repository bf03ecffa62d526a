import Glibc
import KawelaTestSupport
import PCIe
import Testing

@testable import Intel82576

@Suite("What a client may map") struct MappedQueuesOffer {
    private let driver = TestDriver(virtualFunctions: 2, mapsQueues: true)

    @Test("is the pages of the queue registers, of BAR 0 alone, and only when that was asked for")
    func areas() {
        #expect(driver.function.mappablePart(of: 0)?.areas == [0xC000..<0xD000, 0xE000..<0xF000])
        let virtual = driver.makeVirtualFunction(1)
        #expect(virtual.function.mappablePart(of: 0)?.areas == [0x2000..<0x3000, 0x3000..<0x4000])
        for bar in 1..<6 { #expect(driver.function.mappablePart(of: bar) == nil) }
        let plain = TestDriver(mapsQueues: false)
        #expect(plain.function.mappablePart(of: 0) == nil)
    }

    @Test("has no other registers than queues', but for two counters of a VF that are always zero")
    func others() {
        let queues = Set((RegisterTable.receiveQueues + RegisterTable.transmitQueues).map(\.name))
        for word in (0xC000 / 4)..<(0xF000 / 4) where !(0xD000..<0xE000).contains(word * 4) {
            guard let entry = RegisterMap.shared[word] else { continue }
            let row = RegisterTable.physical[Int(entry.row)]
            #expect(queues.contains(entry.name) || row.access == .absent, "\(entry.name)")
        }
        for word in (0x2000 / 4)..<(0x4000 / 4) {
            guard let entry = VirtualRegisterMap.shared[word], !queues.contains(entry.name) else { continue }
            #expect(entry.isReadOnly && [.VFPBRWAC, .VFPBTWAC].contains(entry.name))
            #expect(driver.port.registers[word: entry.offset(of: 0) / 4] == 0)
        }
    }

    @Test("can be neither cut nor grown by the client")
    func sealed() throws {
        let mapped = try #require(MappedBAR(driver.function))
        #expect(mapped.resize(to: 0) == EPERM)
        #expect(mapped.resize(to: 1 << 20) == EPERM)
    }

    @Test("shows reset values at first")
    func resetValues() throws {
        let mapped = try #require(MappedBAR(driver.function))
        #expect(mapped[0xE028] == 0x0200_0000)
        #expect(mapped[0xC028] == 0x0201_0000)
        #expect(mapped[0xC068] == 0x0001_0000)
        #expect(mapped[0xE014 + 0x3C0] == 0x2A00)
    }

    @Test("is other memory for each client: the last one's mapping leads nowhere")
    func nextClient() throws {
        let old = try #require(MappedBAR(driver.function))
        old[0xC000] = 0x1234_5680
        old[0xC800] = 0x5A
        driver.function.detach()
        driver.function.attach(driver.host)
        let new = try #require(MappedBAR(driver.function))
        #expect(new[0xC000] == 0 && new[0xC800] == 0)
        old[0xC000] = 0xAB00
        old[0xE018] = 7
        driver.advance()
        #expect(new[0xC000] == 0)
        #expect(driver.function.readBAR(0, at: 0xC000, width: 4) == 0)
        #expect(driver.function.readBAR(0, at: 0xE018, width: 4) == 0)
    }

    @Test("needs polling while a client's queues could move data, and not before or after")
    func polling() {
        #expect(!driver.port.needsPolling)
        driver.start()
        #expect(driver.port.needsPolling)
        driver.stopMaster()
        #expect(!driver.port.needsPolling)
        driver.setCommand()
        driver[raw: TCTL.self] = 0
        #expect(!driver.port.needsPolling)
        driver.enableReceive()
        #expect(driver.port.needsPolling)
        driver.function.detach()
        #expect(!driver.port.needsPolling)
        let plain = TestDriver(mapsQueues: false)
        plain.start()
        #expect(!plain.port.needsPolling)
    }
}
