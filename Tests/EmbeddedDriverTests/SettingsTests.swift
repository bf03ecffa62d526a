// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Testing

@testable import EmbeddedDriver

@Suite("New settings of a running NIC") struct SettingsTests {
    @Test("that are the old ones touch nothing")
    func same() throws {
        let bench = try Bench()
        bench.introduce(0, 1)
        let writes = bench.function.writes.count
        bench.apply { _ in }
        #expect(bench.function.writes.count == writes)
    }

    @Test("are for their VF alone")
    func others() throws {
        let bench = try Bench()
        bench.introduce(0, 1)
        let before = (bench[VMOLR.self].raw, bench[VMVIR.self].raw, bench[RAH.self, 23].raw)
        bench.apply {
            $0[1] = VFSettings(
                address: address(0x99), portVLAN: .init(identifier: 9), isSpoofChecked: false, rate: 10,
                linkState: .off)
        }
        #expect(before == (bench[VMOLR.self].raw, bench[VMVIR.self].raw, bench[RAH.self, 23].raw))
        #expect(bench[VFRE.self].raw & 1 == 1)
        #expect(bench.read(0) == nil)
        #expect(bench.ask(0, 0x05, 1500) == [0xA000_0005])
    }

    @Test("put a VF into a port VLAN and take it out again, with its own VLANs back")
    func portVLAN() throws {
        let bench = try Bench { $0[0].trunk = [100] }
        bench.introduce(0, 1)
        bench.ask(0, 0x0001_0004, 100)
        bench.apply { $0[0].portVLAN = .init(identifier: 7, priority: 5) }
        #expect(bench[VMVIR.self].raw == 0x4000_0000 | 5 << 13 | 7)
        #expect(bench.pools(inVLAN: 7) == 0b01)
        #expect(bench.pools(inVLAN: 0) == 0b10)
        #expect(bench.pools(inVLAN: 100) == nil)
        #expect(!bench[VMOLR.self].acceptsUntagged && bench[VMOLR.self].stripsVLAN)
        bench.apply { $0[0].portVLAN = nil }
        #expect(bench[VMVIR.self].raw == 0)
        #expect(bench.pools(inVLAN: 7) == nil)
        #expect(bench.pools(inVLAN: 0) == 0b11)
        #expect(bench.pools(inVLAN: 100) == 0b01)
        #expect(bench[VMOLR.self].acceptsUntagged)
    }

    @Test("with a smaller trunk take a VF out of the VLANs it has no longer")
    func trunk() throws {
        let bench = try Bench { $0[0].trunk = [100, 101] }
        bench.introduce(0)
        bench.ask(0, 0x0001_0004, 100)
        bench.ask(0, 0x0001_0004, 101)
        bench.apply { $0[0].trunk = [101] }
        #expect(bench.pools(inVLAN: 100) == nil)
        #expect(bench.pools(inVLAN: 101) == 0b01)
        #expect(bench[VMOLR.self].stripsVLAN)
        bench.apply { $0[0].trunk = [] }
        #expect(bench.pools(inVLAN: 101) == nil)
        #expect(!bench[VMOLR.self].stripsVLAN)
        bench.apply { $0[0].isTrusted = true }
        #expect(bench.pools(inVLAN: 100) == 0b01)
        #expect(bench[VFRE.self].raw == 1)
    }

    @Test("get a port VLAN its place when VFs have taken all")
    func fullTable() throws {
        let bench = try Bench(vfs: 1) { $0[0].isTrusted = true }
        bench.introduce(0)
        for vlan in 1...31 { bench.ask(0, 0x0001_0004, UInt32(vlan)) }
        let full = try Bench(vfs: 2) { for vf in 0..<2 { $0[vf].isTrusted = true } }
        full.introduce(0, 1)
        for vlan in 1...29 { full.ask(0, 0x0001_0004, UInt32(vlan)) }
        for vlan in 201...202 { full.ask(1, 0x0001_0004, UInt32(vlan)) }
        full.ask(1, 0x0001_0004, 1)
        full.ask(1, 0x0001_0004, 2)
        full.apply { $0[1].portVLAN = .init(identifier: 500) }
        #expect(full.pools(inVLAN: 500) == 0b10)
        #expect(full.pools(inVLAN: 1) == 0b01)
        bench.apply { $0[0].portVLAN = .init(identifier: 500) }
        #expect(bench.pools(inVLAN: 500) == 0b01)
    }

    @Test("switch the spoof check")
    func spoofCheck() throws {
        let bench = try Bench()
        bench.apply { $0[0].isSpoofChecked = false }
        #expect(bench[DTXSWC.self].raw == 0x8000_0202)
        bench.apply { $0[0].isSpoofChecked = true }
        #expect(bench[DTXSWC.self].raw == 0x8000_0303)
    }

    @Test("with a new address have the VF start anew")
    func newAddress() throws {
        let bench = try Bench()
        bench.introduce(0, 1)
        bench.apply { $0[0].address = address(0x55) }
        #expect(bench[VFRE.self].raw == 0b10)
        #expect(bench.pools(of: address(1)) == nil)
        #expect(bench.read(0) == [0x4000_0000])
        #expect(bench.ask(0, 0x01, count: 3) == [0x8000_0001, 0x0000_5452, 0x0000_5500])
        #expect(bench.read(1) == nil)
    }

    @Test("that end trust do not disturb a VF that has the address it was given")
    func distrust() throws {
        let bench = try Bench { $0[0].isTrusted = true }
        bench.introduce(0)
        bench.apply { $0[0].isTrusted = false }
        #expect(bench.read(0) == nil)
        #expect(bench[VFRE.self].raw == 1)
        #expect(bench.ask(0, 0x02, 0x0000_5452, 0x7700) == [0x6000_0002])
    }

    @Test("that end trust take back the address a VF chose, and what it added")
    func takeBack() throws {
        let bench = try Bench { $0[0].isTrusted = true }
        bench.introduce(0)
        bench.ask(0, 0x02, 0x0000_5452, 0x7700)
        bench.ask(0, 0x0002_0002, 0x0000_5452, 0x7800)
        bench.apply { $0[0].isTrusted = false }
        #expect(bench.pools(of: address(0x77)) == nil)
        #expect(bench.pools(of: address(0x78)) == nil)
        #expect(bench.read(0) == [0x4000_0000])
        #expect(bench.ask(0, 0x01, count: 3)?[2] == 0x0100)
    }

    @Test("that keep a VF trusted leave it the address it chose, until they give it another")
    func chosenAddress() throws {
        let bench = try Bench { $0[0].isTrusted = true }
        bench.introduce(0)
        bench.ask(0, 0x02, 0x0000_5452, 0x7700)
        bench.apply { $0[0].rate = 100 }
        #expect(bench.pools(of: address(0x77)) == 0b01)
        #expect(bench.read(0) == nil)
        bench.apply { $0[0].address = address(0x88) }
        #expect(bench.read(0) == [0x4000_0000])
        #expect(bench.ask(0, 0x01, count: 3)?[2] == 0x8800)
    }

    @Test("that end trust end what came with it")
    func trust() throws {
        let bench = try Bench { $0[0].isTrusted = true }
        bench.introduce(0)
        bench.ask(0, 0x0003_0006)
        bench.apply { $0[0].isTrusted = false }
        #expect(!bench[VMOLR.self].isMulticastPromiscuous && !bench[VMOLR.self].acceptsUnicastHash)
        #expect(bench[VFRE.self].raw == 1)
    }

    @Test("are reported when a VF breaks them")
    func spoofing() throws {
        let bench = try Bench(vfs: 3)
        bench.function.self[WVBR.self].raw = 1 << 1 | 1 << 10
        bench.function.raise(.outOfSync)
        bench.driver.service()
        #expect(bench.events.suffix(2) == [.spoofed(vf: 1), .spoofed(vf: 2)])
    }
}

@Suite("An address of a station") struct UnicastAddressTests {
    @Test("reads as the mailbox and the filters have it")
    func words() throws {
        let address = try #require(UnicastAddress(0x0210_2030_4050))
        #expect(address.low == 0x3020_1002)
        #expect(address.high == 0x5040)
        #expect(UnicastAddress(low: address.low, high: address.high | 0xFFFF_0000) == address)
        #expect(address.description == "02:10:20:30:40:50")
    }

    @Test("is none of a group, nor zero, nor longer", arguments: [UInt64(0), 0x0100_0000_0001, 1 << 48, .max])
    func invalid(_ value: UInt64) {
        #expect(UnicastAddress(value) == nil)
    }
}
