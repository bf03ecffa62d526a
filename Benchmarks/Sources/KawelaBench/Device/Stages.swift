// SPDX-License-Identifier: Apache-2.0

#if STAGES
    import Backends

    @testable import Intel82576

    /// The stages of the pipeline by themselves, over a batch of frames each.
    enum Stages {
        static func all() throws -> [Scenario] {
            [
                parse("parse 60 B", 60), parse("parse 1514 B", 1514),
                checksum("verify checksums 60 B", 60), checksum("verify checksums 1514 B", 1514),
                rss("rss hash of TCP/IPv4 fields"),
                segmentation("segmentation 64 KB", .complete), segmentation("segmentation 64 KB, sums left", .partial),
                try filter("filter look-up, 1 address", addresses: 1),
                try filter("filter look-up, 24 addresses", addresses: 24),
                try poolSelection("pool selection, 8 pools"),
            ]
        }

        /// Keeps results alive.
        private final class Sink { var value: UInt64 = 0 }

        /// Frames in a batch, as an uplink hands them over.
        private final class Batch {
            var frames = FrameBatch()
            private let buffers: [UnsafeMutableRawBufferPointer]

            init(_ content: [[UInt8]]) {
                buffers = content.map { bytes in
                    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
                    buffer.copyBytes(from: bytes)
                    return buffer
                }
                for buffer in buffers { _ = frames.append(buffer.baseAddress!, count: buffer.count) }
            }

            deinit { for buffer in buffers { buffer.deallocate() } }

            func summary(_ index: Int) -> FrameSummary { Stages.summary(frames, index) }
        }

        private static func summary(_ frames: borrowing FrameBatch, _ index: Int) -> FrameSummary {
            FrameSummary(frames.header(of: index), frameLength: Int(frames[index].byteCount), tagTypes: TagTypes())
        }

        private static func udp(_ length: Int, to destination: [UInt8] = Frames.card) -> [[UInt8]] {
            (0..<Driver.batch).map { Frames.udp($0, length: length, to: destination) }
        }

        private static func parse(_ name: String, _ length: Int) -> Scenario {
            let (batch, sink) = (Batch(udp(length)), Sink())
            return Scenario(name: name, frames: Driver.batch) {
                for index in 0..<batch.frames.count { sink.value &+= UInt64(batch.summary(index).transportOffset) }
            }
        }

        private static func checksum(_ name: String, _ length: Int) -> Scenario {
            let (batch, sink) = (Batch(udp(length)), Sink())
            let summaries = (0..<Driver.batch).map(batch.summary)
            let verification: ChecksumVerification = [.ip, .tcpAndUDP, .ipv6]
            return Scenario(
                name: name, frames: Driver.batch,
                run: {
                    for index in 0..<batch.frames.count {
                        let report = verification.verify(summaries[index], frame: index, of: batch.frames)
                        sink.value &+= UInt64(report.rawValue)
                    }
                }, check: { guard sink.value % (1 << 29) != 0 else { throw BenchError("\(name): nothing verified") } })
        }

        private final class Hasher {
            var rss = RSS()

            func hash(_ summary: FrameSummary, _ frames: borrowing FrameBatch, _ index: Int) -> UInt32 {
                rss.hash(summary, frames.header(of: index), enabledTypes: [.tcpIPv4, .udpIPv4]).hash
            }
        }

        private static func rss(_ name: String) -> Scenario {
            let (batch, sink, hasher) = (Batch(udp(60)), Sink(), Hasher())
            hasher.rss.setKey(InlineArray { UInt32($0 * 0x0123_4567) })
            let summaries = (0..<Driver.batch).map(batch.summary)
            return Scenario(name: name, frames: Driver.batch) {
                for index in 0..<batch.frames.count {
                    sink.value &+= UInt64(hasher.hash(summaries[index], batch.frames, index))
                }
            }
        }

        private static func segmentation(_ name: String, _ sums: Segmentation.TransportChecksum) -> Scenario {
            let (batch, output) = (Batch([Frames.largeTCP(0)]), Batch([]))
            let layout = Segmentation.Layout(
                macLength: 14, ipLength: 20, transportLength: 32, isIPv4: true, isTCP: true)
            return Scenario(
                name: name, unit: "packet", frames: 1, prepare: { output.frames.removeAll() },
                run: {
                    var segmentation = Segmentation(
                        layout, segmentSize: Frames.segmentSize, payloadLength: Frames.segments * Frames.segmentSize,
                        frame: 0, of: batch.frames)!
                    segmentation.insertsIPChecksum = true
                    segmentation.transportChecksum = sums
                    _ = segmentation.run(from: batch.frames, into: &output.frames)
                },
                check: {
                    guard output.frames.count == Frames.segments else {
                        throw BenchError("\(output.frames.count) segments")
                    }
                })
        }

        private static func filter(_ name: String, addresses: Int) throws -> Scenario {
            let device = try DevicePort(try BackendSpecification(parsing: "null").open(), megabytes: 2)
            for entry in 0..<addresses {
                try device.driver.write(RAL(raw: 0x0000_0002 | UInt32(entry) << 24), entry)
                try device.driver.write(RAH(raw: 1 << 31 | 0x0100), entry)
            }
            let sink = Sink()
            // The last of them.
            let wanted = MACAddress(low: 0x0000_0002 | UInt32(addresses - 1) << 24, high: 0x0100)
            let control = RCTL(raw: 1 << 1)
            return Scenario(
                name: name, frames: Driver.batch,
                run: {
                    for _ in 0..<Driver.batch {
                        let match = device.port.bridge.filters.match(wanted, source: MACAddress(value: 1), control)
                        sink.value &+= match == .exact ? 1 : 0
                    }
                },
                check: {
                    guard sink.value % UInt64(Driver.batch) == 0, sink.value > 0 else {
                        throw BenchError("\(name): no match")
                    }
                })
        }

        private static func poolSelection(_ name: String) throws -> Scenario {
            let device = try DevicePort(
                try BackendSpecification(parsing: "null").open(), virtualFunctions: 8, megabytes: 2)
            try device.driver.enablePools(8)
            let (batch, sink) = (Batch(udp(60, to: Frames.pool(7))), Sink())
            let summaries = (0..<Driver.batch).map(batch.summary)
            let control = RCTL(raw: 1 << 1)
            return Scenario(
                name: name, frames: Driver.batch,
                run: {
                    for summary in summaries {
                        sink.value &+= UInt64(device.port.bridge.selectPools(summary, control).pools)
                    }
                },
                check: {
                    guard sink.value % 128 == 0, sink.value > 0 else { throw BenchError("\(name): the wrong pool") }
                })
        }
    }
#endif
