// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import Testing

@testable import Backends

extension BackendTests {
    @Suite("pcap") struct Capture {
        let scratch = Scratch()
        var file: String { scratch / "out.pcap" }

        private struct Record: Equatable {
            var originalLength: UInt32
            var bytes: [UInt8]
        }

        private func word(_ bytes: ArraySlice<UInt8>) -> UInt32 {
            bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }

        /// The records of a file; time stamps must lie within the last minute.
        private func records(of path: String? = nil) throws -> [Record] {
            let contents = readFile(path ?? file)
            let header: [UInt8] =
                [0x4D, 0x3C, 0xB2, 0xA1, 2, 0, 4, 0] + [0, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 4, 0, 1, 0, 0, 0]
            #expect(Array(contents.prefix(24)) == header)
            var records: [Record] = []
            var rest = contents.dropFirst(24)
            while !rest.isEmpty {
                try #require(rest.count >= 16)
                let words = (0..<4).map { word(rest.dropFirst($0 * 4).prefix(4)) }
                #expect(abs(time(nil) - Int(words[0])) < 60 && words[1] < 1_000_000_000)
                try #require(rest.count >= 16 + Int(words[2]))
                records.append(Record(originalLength: words[3], bytes: Array(rest.dropFirst(16).prefix(Int(words[2])))))
                rest = rest.dropFirst(16 + Int(words[2]))
            }
            return records
        }

        @Test("both directions are captured byte for byte, and the file is complete after every batch")
        func bothDirections() throws {
            let harness = try Harness("pcap:\(file),loopback")
            #expect(try records().isEmpty)
            let frames = (0..<30).map { testFrame($0, count: 14 + $0 * 101) }
            harness.send(
                frames.enumerated().map {
                    TestFrame($1, goesToUplink: $0 != 7, pieceLength: $0.isMultiple(of: 2) ? 100 : 0)
                })
            var expected = frames
            expected.remove(at: 7)
            #expect(try records().map(\.bytes) == expected)
            harness.settle()
            #expect(harness.takeReceived() == expected)
            #expect(try records().map(\.bytes) == expected + expected)
            #expect(try records().allSatisfy { Int($0.originalLength) == $0.bytes.count })
            #expect(harness.counter("captured_frames") == 58)
        }

        @Test("a batch larger than the capture's memory is captured whole")
        func largeBatch() throws {
            let harness = try Harness("pcap:\(file)")
            let frames = (0..<64).map { testFrame($0, count: 65_000) }
            harness.send(frames)
            #expect(try records().map(\.bytes) == frames)
        }

        @Test("a frame longer than any reader takes is cut, its length kept")
        func snapLength() throws {
            let harness = try Harness("pcap:\(file)")
            harness.send([testFrame(1, count: 262_145)])
            let record = try #require(try records().first)
            #expect(record.originalLength == 262_145 && record.bytes == testFrame(1, count: 262_144))
        }

        @Test("length prefixes of the backend inside are not captured")
        func prefixes() throws {
            let harness = try Harness("pcap:\(file),stream:\(scratch / "wire"),server")
            let peer = Peer.connected(to: scratch / "wire")
            #expect(harness.run { harness.backend.isLinkUp })
            harness.send([testFrame(1)])
            harness.send([testFrame(2)])
            peer.send(framed(testFrame(3)))
            #expect(harness.run { harness.received.count == 1 })
            #expect(try records().map(\.bytes) == [1, 2, 3].map { testFrame($0) })
            #expect(unframed(try #require(peer.receive())) == [testFrame(1), testFrame(2)])
        }

        @Test("everything but the capture is the inner backend's")
        func transparency() throws {
            let inner = try BackendSpecification(parsing: "stream:\(scratch / "wire"),server").open()
            let harness = Harness(try CaptureBackend(file: file, around: inner))
            #expect(harness.backend.descriptor == inner.descriptor && !harness.backend.isLinkUp)
            let peer = Peer.connected(to: scratch / "wire")
            harness.step(1000)
            #expect(harness.backend.isLinkUp && harness.backend.descriptor == inner.descriptor)
            harness.send((0..<200).map { testFrame($0, count: 9000) })
            #expect(harness.backend.isCongested && harness.backend.wantsWritable)
            #expect(harness.backend.status == inner.status)
            harness.backend.close()
            #expect(inner.descriptor == -1 && peer.isOpen)
        }

        @Test("a write error ends the capture with whole records and lets the traffic pass")
        func writeError() throws {
            // A memory file that may not grow stands in for a full disk. It has room for a part of the second frame.
            let memory = kw_memfd("capture")
            defer { close(memory) }
            let file = "/proc/self/fd/\(memory)"
            let (addSeals, sealGrow) = (CInt(1033), CInt(4))
            let harness = try Harness("pcap:\(file),loopback")
            harness.send([testFrame(1)])
            #expect(ftruncate(memory, 4096) == 0 && fcntl(memory, addSeals, sealGrow) == 0)
            harness.send([testFrame(2, count: 9000)])
            harness.send([testFrame(3)])
            harness.settle()
            #expect(harness.takeReceived() == [testFrame(1), testFrame(2, count: 9000), testFrame(3)])
            #expect(try records(of: file).map(\.bytes) == [testFrame(1)])
            #expect(harness.counter("capture_failed") == 1)
            #expect(harness.counter("capture_missed_frames") == 4)
            #expect(harness.backend.status.contains("the capture ended: Operation not permitted"))
        }

        @Test("a file another capture writes is refused, a finished one overwritten")
        func busyFile() throws {
            let harness = try Harness("pcap:\(file)")
            harness.send([testFrame(1)])
            let error = #expect(throws: BackendError.self) { try Harness("pcap:\(file)") }
            #expect(error?.message.contains("another capture writes to") == true)
            #expect(try records().count == 1)
            harness.backend.close()
            #expect(try Harness("pcap:\(file)").backend.isLinkUp)
            #expect(try records().isEmpty)
        }

        @Test(
            "tcpdump reads the file",
            .enabled(if: access("/usr/bin/tcpdump", X_OK) == 0 || getenv("CI") != nil, "tcpdump is not installed"))
        func tcpdump() throws {
            let harness = try Harness("pcap:\(file)")
            harness.send([testFrame(1), testFrame(2, count: 1514)])
            let lines = try output(of: "/usr/bin/tcpdump", "-nn", "-e", "-r", file)
                .split(separator: "\n").filter { !$0.hasPrefix("\t") }
            #expect(lines.count == 2)
            #expect(
                lines.allSatisfy { $0.contains("02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff, ethertype Unknown (0x88b5)") })
            #expect(lines.first?.contains("length 60:") == true && lines.last?.contains("length 1514:") == true)
        }
    }
}
