import KawelaGuest
import Testing

extension RealGuest {
    /// DPDK's driver net_e1000_igb; the test holds the other end of the wire.
    @Suite("DPDK on the physical function", .serialized)
    struct DPDKPhysicalFunction {
        private static let pf = "0000:01:00.0"

        @Test("testpmd behind an IOMMU: forwarding, RSS, VLANs, checksums, jumbo frames", .timeLimit(.minutes(8)))
        func withIOMMU() throws {
            try withTestPMD(iommu: true, "--rxq=4 --txq=4 --enable-rx-cksum") { testpmd, cable, restart in
                try forward(testpmd, cable)
                try receiveSideScaling(testpmd, cable)
                try vlans(testpmd, cable)
                try checksums(testpmd, cable)
                try transmit(testpmd, cable)
                for options in ["", "--disable-crc-strip"] {
                    try jumbo(try restart("--enable-scatter --max-pkt-len=9018 \(options)"), cable)
                }
            }
        }

        @Test("testpmd without an IOMMU: forwarding and sending", .timeLimit(.minutes(5)))
        func withoutIOMMU() throws {
            try withTestPMD(iommu: false, "") { testpmd, cable, _ in
                try forward(testpmd, cable)
                try transmit(testpmd, cable)
            }
        }

        private func withTestPMD(
            iommu: Bool, _ options: String, _ body: (TestPMD, Cable, (String) throws -> TestPMD) throws -> Void
        ) throws {
            let run = try Run()
            let socket = try CableSocket(in: run)
            let bench = try Bench(uplink: socket.uplink, in: run)
            defer { bench.close() }
            let guest = try bench.start(.dpdk { $0.iommu = iommu })
            let cable = try socket.accept()
            try guest.waitUntilReady()
            try guest.giveToVFIO([Self.pf], iommu: iommu)
            let testpmd = try TestPMD(guest, [Self.pf], options: options)
            try body(testpmd, cable) {
                try testpmd.quit()
                return try TestPMD(guest, [Self.pf], options: $0)
            }
            #expect(try !guest.run("dmesg").contains("DMAR: [DMA"), "no faults")
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
            try testpmd("stop", "port stop 0", "tx_vlan set 0 77", "port start 0", "set verbose 0", "start tx_first 1")
            for _ in 0..<32 { #expect(try cable.receive(seconds: 20)[12..<16] == [0x81, 0, 0, 77], "inserted") }
            try testpmd("stop", "port stop 0", "tx_vlan reset 0", "port start 0")
        }

        /// Wrong ones are noticed on the way in and made right on the way out.
        private func checksums(_ testpmd: TestPMD, _ cable: Cable) throws {
            try testpmd("set fwd rxonly", "set verbose 1", "start")
            let wrong = [
                WireFrame(hasWrongSum: true), WireFrame(isTCP: true, hasWrongSum: true), WireFrame(hasWrongIPSum: true),
                WireFrame(isIPv6: true, hasWrongSum: true), WireFrame(isTCP: true, isIPv6: true, hasWrongSum: true),
            ]
            let lines = try testpmd.frames(wrong.count + 1) { try cable.send((wrong + [WireFrame()]).map(\.bytes)) }
            #expect(lines.map { $0.contains("L4_CKSUM_BAD") } == [true, true, false, true, true, false])
            #expect(lines.map { $0.contains("RX_IP_CKSUM_BAD") } == [false, false, true, false, false, false])
            try testpmd("stop", "set verbose 0", "set fwd csum", "port stop 0")
            try testpmd("csum set ip hw 0", "csum set udp hw 0", "csum set tcp hw 0", "port start 0", "start")
            try cable.send(wrong.map(\.bytes))
            for frame in wrong {
                var right = frame
                (right.hasWrongIPSum, right.hasWrongSum) = (false, false)
                // testpmd gives the frame its own addresses.
                #expect(try cable.receive(seconds: 20).dropFirst(12) == right.bytes.dropFirst(12))
            }
            try testpmd("stop")
        }

        private func transmit(_ testpmd: TestPMD, _ cable: Cable) throws {
            try testpmd("set fwd rxonly", "set txpkts 100", "clear port stats all", "start tx_first 10", "stop")
            for _ in 0..<320 { #expect(try cable.receive().count == 100) }
            #expect(try cable.isSilent(seconds: 0.5))
            #expect(try testpmd.packets(0).sent == 320)
            try testpmd("set fwd txonly", "clear port stats all", "start")
            try eventually("1000 frames", within: 30, every: 0.2) { try testpmd.packets(0).sent >= 1000 }
            for _ in 0..<500 { #expect(try cable.receive().count == 100) }
            try testpmd("stop")
            while try !cable.isSilent(seconds: 1) { _ = try? cable.receive() }
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
