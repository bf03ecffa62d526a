// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("A reset", .serialized)
struct ResetTests {
    let driver = TestDriver()

    enum Level: CaseIterable { case software, functionLevel, d3, conventional, detach }

    func reset(_ level: Level) {
        switch level {
        case .software: driver[.CTRL] = 1 << 26
        case .functionLevel: driver.function.writeConfiguration(at: 0xA8, width: 2, 0x8000)
        case .d3:
            driver.function.writeConfiguration(at: 0x44, width: 2, 3)
            driver.function.writeConfiguration(at: 0x44, width: 2, 0)
        case .conventional: driver.function.reset()
        case .detach:
            driver.function.detach()
            driver.function.attach(driver.host)
        }
    }

    /// Live, loaded from the NVM, or with an effect of its own.
    static let excluded: Set<RegisterName> = [.CTRL, .STATUS, .FRTIMER, .MDIC, .SWSM, .EERD]

    /// Rows of the table that software can put another value into.
    static let writable = RegisterTable.physical.filter { $0.access == .readWrite && !excluded.contains($0.name) }

    @Test("by CTRL.RST keeps the SLU that is written with it, and none that was set before")
    func setLinkUp() {
        driver.start()
        #expect(driver[STATUS.self].isLinkUp)
        driver[raw: CTRL.self] = 1 << 26 | 1 << 6 | 1 << 30
        #expect(driver[raw: CTRL.self] == 0x0010_0209 | 1 << 6 && driver[STATUS.self].isLinkUp)
        driver[raw: CTRL.self] = 1 << 26
        #expect(driver[raw: CTRL.self] == 0x0010_0209 && !driver[STATUS.self].isLinkUp)
        driver[CTRL.self].setsLinkUp = true
        reset(.functionLevel)
        #expect(driver[raw: CTRL.self] == 0x0010_0209)
    }

    @Test(
        "puts every register back to what the table says, and keeps those it says a weaker one keeps",
        arguments: Level.allCases)
    func registers(level: Level) {
        for row in Self.writable {
            for offset in row.offsets { driver[Int(offset)] = 0x5A5A_5A5A }
        }
        let kept = Self.writable.map { driver[Int($0.offset)] }
        reset(level)
        for (row, before) in zip(Self.writable, kept) {
            let isKept = level == .software && row.resetScope == .function
            for (element, offset) in row.offsets.enumerated() {
                if element == 0, row.offset == 0x5400 || row.offset == 0x5404 { continue }
                #expect(driver[Int(offset)] == (isKept ? before : row.reset), "\(row.name) at \(offset)")
            }
        }
        #expect(driver[.EERD] == 0 && driver[.MDIC] == 1 << 28 && driver[.CTRL] == 0x0010_0209)
    }

    @Test("keeps the packet buffer sizes and EITR over CTRL.RST")
    func keeps() {
        (driver[.RXPBS], driver[.TXPBS], driver[.EITR, 24]) = (0x30, 0x20, 200 << 2)
        reset(.software)
        #expect(driver[.RXPBS] == 0x30 && driver[.TXPBS] == 0x20 && driver[.EITR, 24] == 200 << 2)
        reset(.functionLevel)
        #expect(driver[.RXPBS] == 0x40 && driver[.TXPBS] == 0x28 && driver[.EITR, 24] == 0)
    }

    @Test("loads the station address from the NVM, and forgets the others", arguments: Level.allCases)
    func stationAddress(level: Level) {
        for entry in 0..<24 { (driver[.RAL, entry], driver[.RAH, entry]) = (0x1111_1111, 0x8000_1111) }
        reset(level)
        #expect(driver[.RAL] == 0x0000_0002 && driver[.RAH] == 0x8000_0100)
        for entry in 1..<24 { #expect(driver[.RAL, entry] == 0 && driver[.RAH, entry] == 0) }
    }

    @Test("is what CTRL_EXT.EE_RST is not, but for what the NVM has: station address, LEDs and pins")
    func reload() {
        (driver[.RAL], driver[.RAH], driver[.VET], driver[.LEDCTL]) = (0, 0, 1, 0)
        driver[.CTRL] |= 1 << 18 | 1 << 22
        driver[.CTRL_EXT] = 1 << 28 | 1 << 13 | 1 << 10 | 1 << 6
        #expect(driver[.CTRL_EXT] == 1 << 28)
        #expect(driver[.RAL] == 0x0000_0002 && driver[.RAH] == 0x8000_0100 && driver[.VET] == 1)
        #expect(driver[.LEDCTL] == 0x0706_8302 && driver[.CTRL] == 0x0010_0209)
    }

    @Test("loads what was written to the NVM, as EE_RST does", arguments: [Level.software, .functionLevel, nil])
    func written(level: Level?) {
        for (word, value) in [
            (0, 0x2211), (1, 0x4433), (2, 0x6655), (0x1C, 0xD1C1), (0x1F, 0xB2A2), (0x20, 0xC3C3),
        ] as [(UInt32, UInt32)] {
            driver[.EEWR] = value << 16 | word << 2 | 1
        }
        #expect(driver[.RAL] == 0x0000_0002 && driver[.LEDCTL] == 0x0706_8302)
        if let level { reset(level) } else { driver[.CTRL_EXT] = 1 << 13 }
        #expect(driver[.RAL] == 0x4433_2211 && driver[.RAH] == 0x8000_6655)
        #expect(driver[.LEDCTL] == 0xD1B2_C1A2)
        #expect(driver[.CTRL] == 0x00CC_0209 && driver[.CTRL_EXT] == 0x0CC0)
    }

    @Test("by CTRL.RST reads back as done, and leaves configuration space and the MSI-X table alone")
    func softwareKeeps() {
        driver.start()
        driver.enableMSIX()
        driver.function.writeBAR(3, at: 0x10, width: 8, 0xFEE0_1000)
        driver.function.writeBAR(3, at: 0x1C, width: 4, 0)
        reset(.software)
        #expect(driver[.CTRL] & 1 << 26 == 0)
        #expect(driver.function.readConfiguration(at: 4, width: 2) & 6 == 6)
        #expect(driver.function.readConfiguration(at: 0x72, width: 2) & 0x8000 != 0)
        #expect(driver.function.readBAR(3, at: 0x10, width: 8) == 0xFEE0_1000)
        #expect(driver.function.readBAR(3, at: 0x1C, width: 4) == 0)
    }

    @Test(
        "of the function masks the MSI-X table and resets configuration space",
        arguments: [Level.functionLevel, .conventional, .detach])
    func function(level: Level) {
        driver.start()
        driver.enableMSIX()
        driver.function.writeBAR(3, at: 0x1C, width: 4, 0)
        reset(level)
        #expect(driver.function.readConfiguration(at: 4, width: 2) & 7 == 0)
        #expect(driver.function.readConfiguration(at: 0x72, width: 2) & 0x8000 == 0)
        #expect(driver.function.readBAR(3, at: 0x1C, width: 4) == 1)
    }

    @Test("leaves the PHY alone unless it is a conventional one", arguments: Level.allCases)
    func phy(level: Level) {
        driver.start()
        driver.writePHY(4, 0x0021)
        reset(level)
        let isReset = level == .conventional || level == .detach
        #expect(driver.readPHY(4) == (isReset ? 0x0DE1 : 0x0021))
        #expect(driver.readPHY(1) & 0x20 == (isReset ? 0 : 0x20))
    }

    @Test("by CTRL.RST together with PHY_RST is one of both, as iPXE asks for it")
    func both() {
        driver.start()
        driver.writePHY(4, 0x0021)
        driver[.VET] = 0
        driver[.CTRL] = 1 << 31 | 1 << 26
        #expect(driver.readPHY(4) == 0x0DE1 && driver[.VET] == 0x8100_8100)
        #expect(driver[.CTRL] == 0x0010_0209)
    }

    @Test("takes the link down until SLU is set again, and is no cause of an interrupt")
    func link() {
        driver.start()
        reset(.software)
        #expect(driver[.STATUS] & 2 == 0)
        #expect(driver[.ICR] == 0)
        driver[.CTRL] |= 1 << 6
        #expect(driver[.STATUS] & 2 == 2)
    }

    // MARK: In the middle of things

    @Test(
        "releases an asserted pin and forgets every cause, mask and timer",
        arguments: [Level.software, .functionLevel, .d3, .conventional])
    func pendingPin(level: Level) {
        driver.start()
        (driver[.IMS], driver[.IAM], driver[.EIMS]) = (.max, .max, .max)
        driver[.EITR, 0] = 100 << 2
        (driver[.ICS], driver[.EICS]) = (1 << 2, 1)
        #expect(driver.host.isINTxAsserted)
        reset(level)
        #expect(!driver.host.isINTxAsserted)
        #expect(driver[.IMS] == 0 && driver[.IAM] == 0 && driver[.EIMS] == 1 << 31 && driver[.EICR] == 0)
        #expect(driver[.ICR] == 0)
        driver.setCommand()
        driver.advance(milliseconds: 10)
        #expect(!driver.host.isINTxAsserted)
    }

    @Test("by detaching leaves nothing pending for the next host")
    func nextHost() {
        driver.start()
        (driver[.IMS], driver[.ICS]) = (1 << 2, 1 << 2)
        driver.function.detach()
        let host = TestHost()
        driver.function.attach(host)
        driver.start()
        #expect(host.assertions == 0)
        driver[.IMS] = 1 << 2
        #expect(host.isINTxAsserted)
    }

    @Test("comes with a new host, whatever happened while there was none")
    func attach() {
        driver.function.detach()
        driver.function.writeConfiguration(at: 4, width: 2, 0x0006)
        (driver[.IMS], driver[.ICS]) = (1 << 2, 1 << 2)
        let host = TestHost()
        driver.function.attach(host)
        #expect(driver.function.readConfiguration(at: 4, width: 2) == 0)
        #expect(driver[.IMS] == 0 && driver[.ICR] == 0 && host.assertions == 0)
    }

    @Test("forgets a message that moderation holds back")
    func pendingMessage() {
        driver.start()
        driver.enableMSIX()
        driver[.EIAM] = 0
        driver[.EITR, 1] = 100 << 2
        driver[.EICS] = 1 << 1
        driver[.EICS] = 1 << 1
        #expect(driver.host.takeMSIX() == [1] && driver.port.nextDeadline != nil)
        reset(.software)
        driver.advance(milliseconds: 10)
        driver.enableMSIX()
        driver.advance(milliseconds: 10)
        #expect(driver.host.takeMSIX().isEmpty && driver.port.nextDeadline == nil)
    }

    @Test("forgets the frames that wait for descriptors, and wants new ones", arguments: Level.allCases)
    func heldFrames(level: Level) throws {
        driver.start()
        _ = driver.makeReceiveRing(count: 2)
        driver.enableReceive()
        for _ in 0..<2 { driver.arrive(QueueVectorTests.frame) }
        #expect(!driver.port.wantsFrames)
        reset(level)
        #expect(driver.port.wantsFrames)
        if level == .detach { try driver.function.map(driver.memory.mapping) }
        driver.start()
        var ring = driver.makeReceiveRing(count: 8)
        driver.enableReceive()
        driver.arrive(QueueVectorTests.frame + [7])
        #expect(try #require(driver.take(&ring)).bytes == QueueVectorTests.frame + [7])
        #expect(driver.take(&ring) == nil)
    }

    @Test("forgets the transmit doorbells that the link held back", arguments: Level.allCases)
    func heldDoorbell(level: Level) throws {
        driver.start()
        driver.uplink.isLinkUp = false
        driver.port.uplinkLinkChanged()
        var ring = driver.makeTransmitRing(3)
        driver.post(pieces: [QueueVectorTests.frame], to: &ring)
        driver.ring(ring)
        reset(level)
        driver.uplink.isLinkUp = true
        driver.port.uplinkLinkChanged()
        if level == .detach { try driver.function.map(driver.memory.mapping) }
        driver.start()
        #expect(driver.uplink.sent.isEmpty && driver[.TDT, 3] == 0)
    }

    @Test("by detaching takes the mappings away")
    func mappings() throws {
        driver.start()
        reset(.detach)
        driver.start()
        var ring = driver.makeTransmitRing()
        driver.post(pieces: [QueueVectorTests.frame], to: &ring)
        driver.ring(ring)
        #expect(driver.uplink.sent.isEmpty)
        try driver.function.map(driver.memory.mapping)
    }
}
