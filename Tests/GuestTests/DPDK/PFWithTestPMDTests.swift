// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

extension RealGuest {
    /// DPDK's driver net_e1000_igb; the test holds the other end of the wire.
    @Suite("DPDK on the physical function", .serialized)
    struct DPDKPhysicalFunction {
        private static let pf = "0000:01:00.0"

        @Test(
            "testpmd behind an IOMMU: forwarding, RSS, VLANs, checksums, jumbo frames, nothing wrong with it",
            .timeLimit(.minutes(8)))
        func withIOMMU() throws {
            try withTestPMD("--rxq=4 --txq=4 --enable-rx-cksum") { testpmd, cable, restart in
                try forward(testpmd, cable)
                try receiveSideScaling(testpmd, cable)
                try flows(testpmd, cable)
                try vlans(testpmd, cable)
                try checksums(testpmd, cable)
                try transmit(testpmd, cable)
                for options in ["", "--disable-crc-strip"] {
                    try jumbo(try restart("--enable-scatter --max-pkt-len=9018 \(options)"), cable)
                }
            }
        }

        /// Debian's VFIO is not to be had without an IOMMU, so this is UIO. Its only interrupt is INTx.
        @Test(
            "testpmd without an IOMMU: link, its changes by INTx, receiving, forwarding, sending, nothing wrong with it",
            .timeLimit(.minutes(6)))
        func withoutIOMMU() throws {
            let run = try Run()
            let socket = try CableSocket(in: run)
            let bench = try Bench(uplink: socket.uplink, control: true, in: run)
            defer { bench.close() }
            try bench.watchDrivers()
            let guest = try bench.start(.dpdk())
            let cable = try socket.accept()
            try guest.waitUntilReady()
            try guest.giveToUIO([Self.pf])
            let testpmd = try TestPMD(guest, [Self.pf], options: "--rxq=4 --txq=4")
            #expect(testpmd.log.contains("Selected IOVA mode 'PA'"))
            let information = try testpmd("show port info 0")
            #expect(information.contains("Driver name: net_e1000_igb\n") && information.contains("Link status: up"))
            #expect(try testpmd.address(0) == bench.card.mac)
            try forward(testpmd, cable)
            try receiveSideScaling(testpmd, cable)
            try testpmd("set verbose 0", "stop")
            let another = try replug(testpmd, cable, socket)
            try forward(testpmd, another)
            // Last, as testpmd's buffers stay in the rings.
            try transmit(testpmd, another)
            try bench.expectNoMisuse(but: .ofIntel)
        }

        /// Pulls the cable out and puts another one in.
        private func replug(_ testpmd: TestPMD, _ cable: Cable, _ socket: CableSocket) throws -> Cable {
            let changes = { testpmd.log.components(separatedBy: "Port 0: link state change event").count - 1 }
            let before = changes()
            cable.unplug()
            let another = try socket.accept()
            try eventually("the link goes and comes\n\(testpmd.log)", within: 20, every: 0.3) {
                try changes() >= before + 2 && testpmd("show port info 0").contains("Link status: up")
            }
            return another
        }

        private func withTestPMD(
            _ options: String, _ body: (TestPMD, Cable, (String) throws -> TestPMD) throws -> Void
        ) throws {
            let run = try Run()
            let socket = try CableSocket(in: run)
            let bench = try Bench(uplink: socket.uplink, control: true, in: run)
            defer { bench.close() }
            try bench.watchDrivers()
            let guest = try bench.start(.dpdk { $0.iommu = true })
            let cable = try socket.accept()
            try guest.waitUntilReady()
            try guest.giveToVFIO([Self.pf])
            let testpmd = try TestPMD(guest, [Self.pf], options: options)
            try body(testpmd, cable) {
                try testpmd.quit()
                return try TestPMD(guest, [Self.pf], options: $0)
            }
            #expect(try !guest.run("dmesg").contains("DMAR: [DMA"), "no faults")
            try bench.expectNoMisuse(but: .ofIntel)
        }

        private func forward(_ testpmd: TestPMD, _ cable: Cable) throws {
            try testpmd("set promisc all off", "set fwd io", "clear port stats all", "start")
            let frames = [20, 1472, 100].map { size in
                WireFrame(data: (0..<size).map { UInt8(truncatingIfNeeded: $0) }).bytes
            }
            let stranger = WireFrame(destination: [2, 0, 0, 0, 0, 9]).bytes
            try cable.send([frames[0], stranger, frames[1], WireFrame(tag: 100).bytes, frames[2]])
            for expected in [frames[0], frames[1], WireFrame(tag: 100).bytes, frames[2]] {
                #expect(try cable.receive(seconds: 20) == expected)
            }
            #expect(try cable.isSilent(seconds: 0.5))
            try testpmd("stop")
            #expect(try testpmd.packets(0) == (4, 4))
        }

        private func receiveSideScaling(_ testpmd: TestPMD, _ cable: Cable) throws {
            try testpmd("set fwd rxonly", "set verbose 1", "start")
            func spread(_ type: String, _ change: (inout WireFrame) -> Void) throws -> (hashes: Int, queues: Int) {
                try testpmd("port config all rss \(type)")
                let lines = try testpmd.frames(64) {
                    try cable.send(
                        (0..<64).map { number in
                            var frame = WireFrame(sourcePort: UInt16(1000 + number))
                            change(&frame)
                            return frame.bytes
                        })
                }
                #expect(lines.count == 64)
                let hashes = lines.compactMap { $0.firstMatch(of: /RSS hash=(\S+)/)?.1 }
                return (Set(hashes).count, Set(lines.compactMap { $0.firstMatch(of: /Receive queue=(\S+)/)?.1 }).count)
            }
            for isIPv6 in [false, true] {
                #expect(try spread("ip") { $0.isIPv6 = isIPv6 } == (1, 1), "by addresses")
                #expect(try spread("udp") { $0.isIPv6 = isIPv6 } == (64, 4), "by ports")
                #expect(try spread("tcp") { $0.isIPv6 = isIPv6 } == (0, 1), "UDP is not TCP")
                #expect(try spread("tcp") { ($0.isIPv6, $0.isTCP) = (isIPv6, true) } == (64, 4))
            }
            // The example of Microsoft's specification of RSS, whose key is the driver's too.
            let example = WireFrame(
                isTCP: true, from: [66, 9, 149, 187], to: [161, 142, 100, 80], sourcePort: 2794, destinationPort: 1766)
            for (type, hash) in [("tcp", "0x51ccc178"), ("ip", "0x323e8fc2")] {
                try testpmd("port config all rss \(type)")
                let lines = try testpmd.frames(1) { try cable.send([example.bytes]) }
                #expect(lines.first?.contains("RSS hash=\(hash)") == true)
            }
        }

        /// rte_flow, which puts rules into the filters by EtherType, 5-tuple and SYN. RSS has all others in queue 1.
        private func flows(_ testpmd: TestPMD, _ cable: Cable) throws {
            try testpmd("port config all rss ip")
            func queues() throws -> [Int: Int] {
                let frames = [
                    WireFrame(destinationPort: 2000),
                    WireFrame(destinationPort: 2001, data: [UInt8](repeating: 1, count: 30)),
                    WireFrame(isTCP: true, flags: 2), WireFrame(isTCP: true, data: [UInt8](repeating: 1, count: 30)),
                ]
                // The type of IEEE 1588.
                let other = WireFrame().bytes.prefix(12) + [0x88, 0xF7] + [UInt8](repeating: 0, count: 86)
                let lines = try testpmd.frames(5) { try cable.send(frames.map(\.bytes) + [Array(other)]) }
                return Dictionary(
                    lines.compactMap { line in
                        guard let length = line.firstMatch(of: /length=(\d+)/), let size = Int(length.1),
                            let queue = line.firstMatch(of: /Receive queue=0x(\d)/), let number = Int(queue.1)
                        else { return nil }
                        return (size, number)
                    }, uniquingKeysWith: { $1 })
            }
            let (port2000, port2001, syn, noSYN, ethertype) = (62, 72, 74, 84, 100)
            let unruled = [port2000: 1, port2001: 1, syn: 1, noSYN: 1, ethertype: 0]
            #expect(try queues() == unruled)
            let answers = try [
                "eth type is 0x88f7 / end actions queue index 2",
                "eth / ipv4 src is 10.82.57.1 dst is 10.82.57.2 proto is 17 / udp src is 1000 dst is 2000 / end "
                    + "actions queue index 3",
                "eth / ipv4 / tcp flags spec 0x02 flags mask 0x02 / end actions queue index 2",
            ].map { try testpmd("flow create 0 ingress pattern \($0) / end") }
            #expect(answers.filter { $0.contains(" created") }.count == 3)
            #expect(try queues() == [port2000: 3, port2001: 1, syn: 2, noSYN: 1, ethertype: 2])
            try testpmd("flow flush 0")
            #expect(try queues() == unruled)
        }

        private func vlans(_ testpmd: TestPMD, _ cable: Cable) throws {
            func tags() throws -> [String] {
                try testpmd.frames(3, within: 2) {
                    try cable.send([WireFrame().bytes, WireFrame(tag: 100).bytes, WireFrame(tag: 0x6065).bytes])
                }.map {
                    $0.firstMatch(of: /VLAN tci=(\S+)/).map { String($0.1) }
                        ?? ($0.contains("length=66") ? "in" : "no")
                }
            }
            #expect(try tags() == ["no", "in", "in"])
            try testpmd("vlan set strip on 0")
            #expect(try tags() == ["no", "0x64", "0x6065"])
            try testpmd("vlan set filter on 0", "rx_vlan add 101 0")
            #expect(try tags() == ["no", "0x6065"])
            try testpmd("rx_vlan rm 101 0", "rx_vlan add 100 0")
            #expect(try tags() == ["no", "0x64"])
            try testpmd("vlan set filter off 0", "vlan set strip off 0")
            #expect(try tags() == ["no", "in", "in"])
            try testpmd("stop", "port stop 0", "tx_vlan set 0 77", "port start 0", "set verbose 0")
            try testpmd("clear port stats all", "start tx_first 1")
            // A burst of 32 on each of the four queues.
            for _ in 0..<128 { #expect(try cable.receive(seconds: 20)[12..<16] == [0x81, 0, 0, 77], "inserted") }
            #expect(try testpmd.packets(0).sent == 128)
            try testpmd("stop", "port stop 0", "tx_vlan reset 0", "port start 0")
        }

        /// Wrong ones are noticed on the way in and made right on the way out. Frames in different queues overtake each other.
        private func checksums(_ testpmd: TestPMD, _ cable: Cable) throws {
            try testpmd("set fwd rxonly", "set verbose 1", "start")
            let wrong = [
                WireFrame(hasWrongSum: true), WireFrame(isTCP: true, hasWrongSum: true),
                WireFrame(data: [1, 2, 3], hasWrongIPSum: true), WireFrame(isIPv6: true, hasWrongSum: true),
                WireFrame(isTCP: true, isIPv6: true, hasWrongSum: true),
            ]
            let right = wrong.map { frame in
                var right = frame
                (right.hasWrongIPSum, right.hasWrongSum) = (false, false)
                // As the card pads it.
                return right.bytes + [UInt8](repeating: 0, count: max(0, 60 - right.bytes.count))
            }
            let noticed = try testpmd.frames(wrong.count) { try cable.send(wrong.map(\.bytes)) }
            #expect(noticed.filter { $0.contains("L4_CKSUM_BAD") && $0.contains("RX_IP_CKSUM_GOOD") }.count == 4)
            #expect(noticed.filter { $0.contains("L4_CKSUM_GOOD") && $0.contains("RX_IP_CKSUM_BAD") }.count == 1)
            let good = try testpmd.frames(right.count) { try cable.send(right) }
            #expect(good.filter { $0.contains("L4_CKSUM_GOOD") && $0.contains("RX_IP_CKSUM_GOOD") }.count == 5)
            try testpmd("stop", "set verbose 0", "set fwd csum", "port stop 0")
            try testpmd("csum set ip hw 0", "csum set udp hw 0", "csum set tcp hw 0", "port start 0", "start")
            try cable.send(wrong.map(\.bytes))
            // testpmd gives the frames its own addresses.
            let mended = try wrong.map { _ in try cable.receive(seconds: 20).dropFirst(12) }
            for frame in right { #expect(mended.contains(frame.dropFirst(12))) }
            try testpmd("stop")
        }

        private func transmit(_ testpmd: TestPMD, _ cable: Cable) throws {
            try testpmd("set fwd rxonly", "set txpkts 100", "clear port stats all", "start tx_first 10", "stop")
            let sent = try testpmd.packets(0).sent
            #expect(sent >= 320 && sent % 320 == 0, "ten bursts of 32 on each queue")
            for _ in 0..<sent { try #require(try cable.receive().count == 100) }
            #expect(try cable.isSilent(seconds: 0.5))
            try testpmd("set fwd txonly", "clear port stats all", "start")
            for _ in 0..<500 { try #require(try cable.receive().count == 100) }
            try testpmd("stop")
            while let frame = try? cable.receive(seconds: 2) { try #require(frame.count == 100) }
            #expect(try testpmd.packets(0).sent >= 500)
        }

        private func jumbo(_ testpmd: TestPMD, _ cable: Cable) throws {
            try testpmd("set fwd rxonly", "set verbose 1", "start")
            let sizes = [60, 1514, 2043, 2044, 2048, 2049, 5042, 9014]
            let lines = try testpmd.frames(sizes.count) {
                try cable.send(sizes.map { WireFrame(data: [UInt8](repeating: 7, count: $0 - 42)).bytes })
            }
            // Buffers hold 2048 bytes. The driver takes the checksum off again, and the buffer that has nothing else.
            #expect(lines.compactMap { $0.firstMatch(of: /length=(\d+)/).flatMap { Int($0.1) } } == sizes)
            let segments = lines.compactMap { $0.firstMatch(of: /nb_segs=(\d+)/).flatMap { Int($0.1) } }
            #expect(segments == [1, 1, 1, 1, 1, 2, 3, 5])
            try testpmd("set verbose 0", "stop", "set fwd io", "start")
            try cable.send([WireFrame(data: [UInt8](repeating: 7, count: 8972)).bytes])
            #expect(try cable.receive(seconds: 20) == WireFrame(data: [UInt8](repeating: 7, count: 8972)).bytes)
            try testpmd("stop")
        }
    }
}
