// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Testing

@testable import EmbeddedDriver

private let yes: UInt32 = 0xA000_0000
private let no: UInt32 = 0x6000_0000

@Suite("A VF's driver") struct RequestTests {
    @Test("introduces itself with VF_RESET and gets its address, and its pool opens")
    func introduction() throws {
        let bench = try Bench()
        #expect(bench.ask(1, 0x01, count: 3) == [0x8000_0001, 0x0000_5452, 0x0000_0200])
        #expect(bench[VFRE.self].raw == 0b10)
        #expect(bench[VFTE.self].raw == 0b10)
        #expect(bench.pools(of: address(2)) == 0b10)
        #expect(bench[RAH.self, 22].raw == 0x8008_0200)
        #expect(bench.events.contains(.started(vf: 1, address: address(2))))
    }

    @Test("is acknowledged for each message, and the buffer is free again")
    func handshake() throws {
        let bench = try Bench()
        bench.function.request(0, [0x01])
        bench.driver.service()
        #expect(bench.function.acknowledgements.contains(0))
        #expect(bench.function.ownedByPF.isEmpty)
        #expect(bench[MBVFICR.self].raw == 0)
    }

    @Test("that asks for something before VF_RESET is refused, once in two seconds")
    func early() throws {
        let bench = try Bench()
        #expect(bench.ask(0, 0x05, 1500) == [0x4000_0005])
        #expect(bench.ask(0, 0x05, 1500) == nil)
        bench.now += 2 * second
        #expect(bench.ask(0, 0x05, 1500) == [0x4000_0005])
        #expect(!bench[VMOLR.self].acceptsLongPackets)
    }

    @Test("changes its address when it is trusted")
    func changeAddress() throws {
        let bench = try Bench { $0[0].isTrusted = true }
        bench.introduce(0)
        #expect(bench.ask(0, 0x02, 0x0000_5452, 0x0000_7700) == [yes | 0x02])
        #expect(bench.pools(of: address(0x77)) == 0b01)
        #expect(bench.pools(of: address(1)) == nil)
    }

    @Test(
        "cannot have an address that no station has",
        arguments: [[UInt32(0), 0], [0x0000_5453, 0x0100], [.max, 0xFFFF]])
    func invalidAddress(_ words: [UInt32]) throws {
        let bench = try Bench()
        bench.introduce(0)
        #expect(bench.ask(0, 0x02, words[0], words[1]) == [no | 0x02])
        #expect(bench.pools(of: address(1)) == 0b01)
    }

    /// The address of another VF, running or not, and one that the gateway might have.
    @Test("has no address but its own, unless it is trusted", arguments: [UInt64(2), 0x77])
    func foreignAddress(_ foreign: UInt64) throws {
        let bench = try Bench(vfs: 3) { $0[2].isTrusted = true }
        bench.introduce(0, 2)
        for vf in [0, 2] {
            let expected = vf == 0 ? no : yes
            let high = address(foreign).high
            #expect(bench.ask(vf, 0x02, 0x0000_5452, high) == [expected | 0x02])
            #expect(bench.ask(vf, 0x0002_0002, 0x0000_5452, high) == [expected | 0x0002_0002])
        }
        #expect(bench.events.contains(.refused(vf: 0, .addressFixed)))
        #expect(bench.pools(of: address(foreign)) == 0b100)
        // Drivers always send the address they were given.
        #expect(bench.ask(0, 0x02, 0x0000_5452, 0x0100) == [yes | 0x02])
        #expect(bench.pools(of: address(1)) == 0b01)
    }

    @Test("adds addresses when it is trusted, and forgets them")
    func filters() throws {
        let bench = try Bench { $0[0].isTrusted = true }
        bench.introduce(0)
        #expect(bench.ask(0, 0x0002_0002, 0x0000_5452, 0x5000) == [yes | 0x0002_0002])
        #expect(bench.ask(0, 0x0002_0002, 0x0000_5452, 0x5100) == [yes | 0x0002_0002])
        #expect(bench.pools(of: address(0x50)) == 0b01)
        #expect(bench.ask(0, 0x0001_0002) == [yes | 0x0001_0002])
        #expect(bench.pools(of: address(0x50)) == nil)
        #expect(bench.pools(of: address(1)) == 0b01)
    }

    @Test("that takes all filters leaves one for each other VF")
    func filterHoarding() throws {
        let bench = try Bench(vfs: 8) { for vf in 0..<2 { $0[vf].isTrusted = true } }
        bench.introduce(0, 1)
        let answers = (0..<20).map { bench.ask(0, 0x0002_0002, 0x0000_5452, 0x8000 | $0 << 8)?.first }
        #expect(answers.count { $0 == yes | 0x0002_0002 } == 9)
        #expect(bench.ask(1, 0x0002_0002, 0x0000_5452, 0xAA00) == [yes | 0x0002_0002])
        #expect(bench.ask(0, 0x0002_0002, 0x0000_5452, 0xBB00) == [no | 0x0002_0002])
    }

    @Test("listens to multicasts by hash")
    func multicast() throws {
        let bench = try Bench()
        bench.introduce(0, 1)
        #expect(bench.ask(0, 0x0003_0003, 0x0021_0FFF, 0x0400) == [yes | 0x0003_0003])
        #expect(bench[MTA.self, 127].raw == 1 << 31)
        #expect(bench[MTA.self, 1].raw == 1 << 1)
        #expect(bench[MTA.self, 32].raw == 1)
        #expect(bench[VMOLR.self].acceptsMulticastHash && !bench[VMOLR.self].isMulticastPromiscuous)
        #expect(!bench[VMOLR.self, 1].acceptsMulticastHash)
        bench.ask(1, 0x0001_0003, 0x0021)
        bench.ask(0, 0x0000_0003)
        #expect(bench[MTA.self, 127].raw == 0)
        #expect(bench[MTA.self, 1].raw == 1 << 1)
        #expect(!bench[VMOLR.self].acceptsMulticastHash)
    }

    @Test("with more groups than fit a message gets all multicasts", arguments: [UInt32(31), 255])
    func manyMulticasts(_ count: UInt32) throws {
        let bench = try Bench()
        bench.introduce(0)
        #expect(bench.ask(0, count << 16 | 0x03) == [yes | count << 16 | 0x03])
        #expect(bench[VMOLR.self].isMulticastPromiscuous)
    }

    @Test("joins and leaves the VLANs of its trunk, and its tags come off")
    func vlans() throws {
        let bench = try Bench { for vf in 0..<2 { $0[vf].trunk = [100] } }
        bench.introduce(0, 1)
        #expect(bench.ask(0, 0x0001_0004, 100) == [yes | 0x0001_0004])
        bench.ask(1, 0x0001_0004, 100)
        #expect(bench.pools(inVLAN: 100) == 0b11)
        #expect(bench[VMOLR.self].stripsVLAN)
        #expect(bench.ask(0, 0x0000_0004, 100) == [yes | 0x04])
        #expect(bench.pools(inVLAN: 100) == 0b10)
        #expect(!bench[VMOLR.self].stripsVLAN)
        bench.ask(1, 0x0000_0004, 100)
        #expect(bench.pools(inVLAN: 100) == nil)
        #expect(bench.ask(0, 0x0001_0004, 0xF000) == [yes | 0x0001_0004])
        #expect(bench.pools(inVLAN: 0) == 0b11)
    }

    @Test("joins no VLAN that it was not given, unless it is trusted")
    func foreignVLAN() throws {
        let bench = try Bench(vfs: 3) { ($0[1].trunk, $0[2].isTrusted) = ([101], true) }
        bench.introduce(0, 1, 2)
        #expect(bench.ask(0, 0x0001_0004, 100) == [no | 0x0001_0004])
        #expect(bench.ask(1, 0x0001_0004, 100) == [no | 0x0001_0004])
        #expect(bench.ask(2, 0x0001_0004, 100) == [yes | 0x0001_0004])
        #expect(bench.pools(inVLAN: 100) == 0b100)
        #expect(!bench[VMOLR.self].stripsVLAN)
        #expect(bench.events.contains(.refused(vf: 0, .vlanNotGranted)))
        // Drivers join VID 0, of frames with a priority alone, and leave what they never joined.
        #expect(bench.ask(0, 0x0001_0004, 0) == [yes | 0x0001_0004])
        #expect(bench.ask(0, 0x0000_0004, 100) == [yes | 0x04])
        #expect(bench.pools(inVLAN: 100) == 0b100)
    }

    @Test("that takes all VLANs leaves two for each other VF")
    func vlanHoarding() throws {
        let bench = try Bench(vfs: 8) { for vf in [0, 7] { $0[vf].isTrusted = true } }
        bench.introduce(0, 7)
        let answers = (1...40).map { bench.ask(0, 0x0001_0004, UInt32($0))?.first }
        #expect(answers.count { $0 == yes | 0x0001_0004 } == 17)
        #expect(bench.ask(7, 0x0001_0004, 900) == [yes | 0x0001_0004])
        #expect(bench.ask(7, 0x0001_0004, 901) == [yes | 0x0001_0004])
        #expect(bench.ask(7, 0x0001_0004, 902) == [no | 0x0001_0004])
    }

    @Test("in a port VLAN cannot choose another")
    func portVLAN() throws {
        let bench = try Bench { $0[0].portVLAN = .init(identifier: 7) }
        bench.introduce(0)
        #expect(bench.ask(0, 0x0001_0004, 100) == [no | 0x0001_0004])
        #expect(bench.pools(inVLAN: 100) == nil)
    }

    @Test("sets the largest frame it takes")
    func longPackets() throws {
        let bench = try Bench()
        bench.introduce(0)
        #expect(bench.ask(0, 0x05, 9014) == [yes | 0x05])
        #expect(bench[VMOLR.self].raw & 0x1_3FFF == 0x1_0000 | 9014)
        bench.ask(0, 0x05, .max)
        #expect(bench[VMOLR.self].raw & 0x1_3FFF == 0x1_3F00)
    }

    @Test("sees all frames only when it is trusted")
    func promiscuous() throws {
        let bench = try Bench { $0[1].isTrusted = true }
        bench.introduce(0, 1)
        #expect(bench.ask(0, 0x0003_0006) == [no | 0x0003_0006])
        #expect(bench.ask(0, 0x0000_0006) == [yes | 0x06])
        #expect(bench.ask(1, 0x0003_0006) == [yes | 0x0003_0006])
        #expect(bench.ask(1, 0x0004_0006) == [no | 0x0004_0006])
        #expect(!bench[VMOLR.self].isMulticastPromiscuous && !bench[VMOLR.self].acceptsUnicastHash)
        #expect(bench[VMOLR.self, 1].isMulticastPromiscuous && bench[VMOLR.self, 1].acceptsUnicastHash)
        bench.ask(1, 0x0000_0006)
        #expect(!bench[VMOLR.self, 1].isMulticastPromiscuous && !bench[VMOLR.self, 1].acceptsUnicastHash)
    }

    @Test("gets no for what nobody knows", arguments: [UInt32(0x00), 0x07, 0x0100, 0xFFFF, 0x0003_0002])
    func unknown(_ word: UInt32) throws {
        let bench = try Bench()
        bench.introduce(0)
        #expect(bench.ask(0, word) == [no | word])
    }

    @Test("gets nothing for an answer nobody asked for", arguments: [UInt32(0x8000_0001), 0x4000_0002, .max])
    func answers(_ word: UInt32) throws {
        let bench = try Bench()
        #expect(bench.ask(0, word) == nil)
        #expect(bench.function.ownedByPF.isEmpty)
    }
}
