// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@testable import EmbeddedDriver

@Suite("The embedded driver on the real device") struct DeviceTests {
    @Test("lets each VF's driver start, with its address and a link", arguments: [1, 2, 7, 8])
    func start(_ count: Int) throws {
        let bench = try DeviceBench(vfs: count)
        for index in 0..<count {
            let vf = VFDriver(index, bench)
            #expect(vf.reset() == 0x5254_0000_0001 + UInt64(index))
            #expect(vf.ask(0x02, 0x0000_5452, UInt32(index + 1) << 8) == [0xA000_0002])
            #expect(vf.vf[raw: PVTSTATUS.self] & 2 != 0)
        }
        #expect(bench.events.contains(.linkChanged(isUp: true, megabits: 1000)))
    }

    @Test("carries frames between VFs without the wire")
    func switching() throws {
        let bench = try DeviceBench()
        let (first, second) = (VFDriver(0, bench).open(), VFDriver(1, bench).open())
        let direct = frame(to: station(2), from: 1)
        first.send(direct)
        #expect(second.receive() == direct)
        #expect(bench.takeSent().isEmpty)
        let toAll = frame(to: broadcast, from: 2)
        second.send(toAll)
        #expect(first.receive() == toAll)
        #expect(second.receive() == nil)
        #expect(bench.takeSent() == [toAll])
    }

    @Test("carries frames between VFs and the wire")
    func wire() throws {
        let bench = try DeviceBench()
        let (first, second) = (VFDriver(0, bench).open(), VFDriver(1, bench).open())
        let out = frame(to: station(0x99), from: 1)
        first.send(out)
        #expect(bench.takeSent() == [out])
        let back = frame(to: station(1), from: 0x99)
        bench.arrive(back)
        #expect(first.receive() == back)
        bench.arrive(frame(to: station(0x77), from: 0x99))
        #expect(first.receive() == nil)
        #expect(second.receive() == nil)
    }

    @Test("a VF's multicasts reach it")
    func multicast() throws {
        let bench = try DeviceBench()
        let (first, second) = (VFDriver(0, bench).open(), VFDriver(1, bench).open())
        let group: [UInt8] = [0x33, 0x33, 0, 0, 0x12, 0x34]
        let hash = (UInt32(group[5]) << 4 | UInt32(group[4]) >> 4) & 0xFFF
        #expect(first.ask(0x0001_0003, hash) == [0xA001_0003])
        let frame = frame(to: group, from: 0x99)
        bench.arrive(frame)
        #expect(first.receive() == frame)
        #expect(second.receive() == nil)
    }

    @Test("a trusted VF sees unicasts for nobody")
    func promiscuous() throws {
        let bench = try DeviceBench { $0[0].isTrusted = true }
        let (first, second) = (VFDriver(0, bench).open(), VFDriver(1, bench).open())
        #expect(first.ask(0x0001_0006) == [0xA001_0006])
        let foreign = frame(to: station(0x77), from: 0x99)
        bench.arrive(foreign)
        #expect(first.receive() == foreign)
        #expect(second.receive() == nil)
    }

    @Test("a port VLAN is on the wire and not in the VF")
    func portVLAN() throws {
        let bench = try DeviceBench { $0[0].portVLAN = .init(identifier: 7, priority: 5) }
        let (first, second) = (VFDriver(0, bench).open(), VFDriver(1, bench).open())
        first.send(frame(to: broadcast, from: 1))
        #expect(bench.takeSent() == [frame(to: broadcast, from: 1, tag: 5 << 13 | 7)])
        #expect(second.receive() == nil)
        bench.arrive(frame(to: station(1), from: 0x99, tag: 7))
        #expect(first.receive() == frame(to: station(1), from: 0x99))
        bench.arrive(frame(to: station(1), from: 0x99))
        bench.arrive(frame(to: station(1), from: 0x99, tag: 8))
        #expect(first.receive() == nil)
    }

    @Test("VLANs that VFs join carry their frames")
    func vlans() throws {
        let bench = try DeviceBench { $0[0].trunk = [100] }
        let (first, second) = (VFDriver(0, bench).open(), VFDriver(1, bench).open())
        #expect(first.ask(0x0001_0004, 100) == [0xA001_0004])
        bench.arrive(frame(to: station(1), from: 0x99, tag: 100))
        bench.arrive(frame(to: station(2), from: 0x99, tag: 100))
        #expect(first.receive() == frame(to: station(1), from: 0x99))
        #expect(second.receive() == nil)
    }

    @Test("a VF cannot send in another's name or VLAN, and that is reported")
    func spoofing() throws {
        let bench = try DeviceBench { $0[1].isSpoofChecked = false }
        let (first, second) = (VFDriver(0, bench).open(), VFDriver(1, bench).open())
        first.send(frame(to: broadcast, from: 0x55))
        #expect(bench.takeSent().isEmpty)
        #expect(second.receive() == nil)
        #expect(bench.events.contains(.spoofed(vf: 0)))
        first.send(frame(to: broadcast, from: 1, tag: 9))
        #expect(bench.takeSent().isEmpty)
        second.send(frame(to: broadcast, from: 0x55))
        #expect(bench.takeSent().count == 1)
    }

    @Test("a VF cannot pause the port or speak as a bridge, unless it is not checked")
    func linkControl() throws {
        let bench = try DeviceBench { $0[1].isSpoofChecked = false }
        let (first, second) = (VFDriver(0, bench).open(), VFDriver(1, bench).open())
        let pause: [UInt8] = [0x01, 0x80, 0xC2, 0, 0, 1]
        first.send(frame(to: pause, from: 1))
        #expect(bench.takeSent().isEmpty)
        #expect(bench.events.contains(.spoofed(vf: 0)))
        second.send(frame(to: pause, from: 2))
        #expect(bench.takeSent().count == 1)
    }

    @Test("each VF hears of the uplink's link through its mailbox vector")
    func link() throws {
        let bench = try DeviceBench { $0[1].linkState = .on }
        let (first, second) = (VFDriver(0, bench).open(), VFDriver(1, bench).open())
        _ = (first.ask(0x05, 1500), second.ask(0x05, 1500))
        (first.vf.host.msix, second.vf.host.msix) = ([], [])
        for vf in [first, second] { vf.vf[raw: PVTEIMS.self] = 7 }
        bench.setUplink(up: false)
        #expect(first.vf.host.msix == [2])
        #expect(first.notice() == 0x2000_0100)
        #expect(first.vf[raw: PVTSTATUS.self] & 2 == 0)
        #expect(second.notice() == nil)
        bench.setUplink(up: true)
        #expect(first.notice() == 0x2000_0100)
        #expect(second.notice() == 0x2000_0100)
        #expect(first.vf[raw: PVTSTATUS.self] & 2 != 0)
    }

    @Test("a VF whose link is off neither sends nor receives")
    func off() throws {
        let bench = try DeviceBench { $0[0].linkState = .off }
        let (first, second) = (VFDriver(0, bench).open(), VFDriver(1, bench).open())
        #expect(first.ask(0x05, 1500) == [0x8000_0005])
        first.send(frame(to: broadcast, from: 1))
        #expect(bench.takeSent().isEmpty)
        second.send(frame(to: broadcast, from: 2))
        #expect(first.receive() == nil)
    }

    @Test("a VF whose virtual machine ends leaves nothing to the next one")
    func replacement() throws {
        let bench = try DeviceBench { $0[0].isTrusted = true }
        let first = VFDriver(0, bench).open()
        #expect(first.ask(0x02, 0x0000_5452, 0x7700) == [0xA000_0002])
        first.vf.function.detach()
        bench.run()
        #expect(bench.events.last == .reset(vf: 0))
        bench.arrive(frame(to: station(0x77), from: 0x99))
        let next = VFDriver(0, bench).open()
        #expect(next.receive() == nil)
        #expect(bench.events.last == .started(vf: 0, address: address(1)))
        bench.arrive(frame(to: station(1), from: 0x99))
        #expect(next.receive() != nil)
    }

    /// An address that is in the filters does not leave by the wire.
    @Test("an untrusted VF cannot draw the gateway's frames away from the wire")
    func gateway() throws {
        let bench = try DeviceBench()
        let (hostile, victim) = (VFDriver(0, bench).open(), VFDriver(1, bench).open())
        #expect(hostile.ask(0x02, 0x0000_5452, 0x9900) == [0x6000_0002])
        #expect(hostile.ask(0x0002_0002, 0x0000_5452, 0x9900) == [0x6002_0002])
        let toGateway = frame(to: station(0x99), from: 2)
        victim.send(toGateway)
        #expect(bench.takeSent() == [toGateway])
        #expect(hostile.receive() == nil)
    }

    @Test("new settings reach a VF while it runs")
    func settings() throws {
        let bench = try DeviceBench()
        let first = VFDriver(0, bench).open()
        let settings = bench.driver.virtualFunctions.map(\.settings)
        bench.apply(0, { $0.portVLAN = .init(identifier: 9) }, to: settings)
        first.send(frame(to: broadcast, from: 1))
        #expect(bench.takeSent() == [frame(to: broadcast, from: 1, tag: 9)])
        bench.apply(0, { $0.address = address(0x42) }, to: settings)
        #expect(first.notice() == 0x4000_0000)
        #expect(first.reset() == 0x5254_0000_0042)
        #expect(first.ask(0x02, 0x0000_5452, 0x0100) == [0x6000_0002])
    }
}
