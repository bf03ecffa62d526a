// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VFIOUser

func regionAccess(_ offset: UInt64, _ region: UInt32, _ count: UInt32, _ data: [UInt8] = []) -> [UInt8] {
    bytes(offset, region, count) + data
}

@Suite("REGION_READ")
struct RegionReadTests {
    @Test("a register is read with one access of its width", arguments: [1, 2, 4, 8])
    func bar(width: Int) throws {
        let connection = try Connection()
        let reply = try connection.call(9, regionAccess(0xE010, 0, UInt32(width)))
        #expect(connection.function.calls == [.readBAR(0, offset: 0xE010, width: width)])
        let data = (0..<width).map { UInt8(0x11 + $0) }
        #expect(reply.payload == regionAccess(0xE010, 0, UInt32(width), data))
    }

    @Test("configuration space is read in at most 4 bytes")
    func configuration() throws {
        let connection = try Connection()
        let reply = try connection.call(9, regionAccess(0x10, 7, 8))
        #expect(
            connection.function.calls == [
                .readConfiguration(offset: 0x10, width: 4), .readConfiguration(offset: 0x14, width: 4),
            ])
        #expect(reply.payload.dropFirst(16) == ArraySlice((0..<8).map { UInt8(0x11 + $0) }))
    }

    @Test("an access that is not aligned is cut into aligned ones")
    func unaligned() throws {
        let connection = try Connection()
        _ = try connection.call(9, regionAccess(3, 0, 14))
        let expected = [(3, 1), (4, 4), (8, 8), (16, 1)]
        #expect(connection.function.calls == expected.map { .readBAR(0, offset: $0.0, width: $0.1) })
    }

    @Test("the whole configuration space and the largest transfer are read at once")
    func large() throws {
        let connection = try Connection()
        #expect(try connection.call(9, regionAccess(0, 7, 4096)).payload.count == 16 + 4096)
        let reply = try connection.call(9, regionAccess(0, 0, 65_536))
        #expect(reply.payload.count == 16 + 65_536)
        #expect(reply.payload.last == 0)
        #expect(reply.payload[16 + 300] == 45)
    }

    @Test("the last bytes of a region can be read, those after them not")
    func bounds() throws {
        let connection = try Connection()
        #expect(try connection.call(9, regionAccess(0x1FFFC, 0, 4)).refusal == nil)
        #expect(try connection.call(9, regionAccess(0x1FFFD, 0, 4)).refusal == EINVAL)
        #expect(try connection.call(9, regionAccess(0x20000, 0, 1)).refusal == EINVAL)
        #expect(try connection.call(9, regionAccess(UInt64.max, 0, 4)).refusal == EINVAL)
        #expect(try connection.call(9, regionAccess(UInt64.max - 3, 0, 4)).refusal == EINVAL)
        #expect(try connection.call(9, regionAccess(4093, 7, 4)).refusal == EINVAL)
    }

    @Test(
        "absent regions, nothing and too much are refused",
        arguments: [(1, 4), (6, 4), (8, 4), (9, 4), (0, 0), (0, 65_537)])
    func refused(region: UInt32, count: UInt32) throws {
        let connection = try Connection()
        #expect(try connection.call(9, regionAccess(0, region, count)).refusal == EINVAL)
        #expect(connection.function.calls.isEmpty)
    }

    @Test("a request with data or too short is refused")
    func length() throws {
        let connection = try Connection()
        #expect(try connection.call(9, regionAccess(0, 0, 4, [1, 2, 3, 4])).refusal == EINVAL)
        #expect(try connection.call(9, Array(regionAccess(0, 0, 4).dropLast())).refusal == EINVAL)
    }
}

@Suite("REGION_WRITE")
struct RegionWriteTests {
    @Test("a register is written with one access of its width", arguments: [1, 2, 4, 8])
    func bar(width: Int) throws {
        let connection = try Connection()
        let data = (0..<width).map { UInt8(0x81 + $0) }
        let reply = try connection.call(10, regionAccess(0xE018, 0, UInt32(width), data))
        let value = UInt64(0x8887_8685_8483_8281) & (UInt64.max >> UInt64(64 - 8 * width))
        #expect(connection.function.calls == [.writeBAR(0, offset: 0xE018, width: width, value: value)])
        #expect(reply.payload == regionAccess(0xE018, 0, UInt32(width)))
    }

    @Test("configuration space is written in at most 4 bytes, aligned")
    func configuration() throws {
        let connection = try Connection()
        _ = try connection.call(10, regionAccess(6, 7, 6, [1, 2, 3, 4, 5, 6]))
        #expect(
            connection.function.calls == [
                .writeConfiguration(offset: 6, width: 2, value: 0x201),
                .writeConfiguration(offset: 8, width: 4, value: 0x0605_0403),
            ])
    }

    @Test("a posted write gets no reply, and none when it is refused either")
    func posted() throws {
        let connection = try Connection()
        connection.post(10, regionAccess(0x18, 0, 4, [1, 0, 0, 0]))
        connection.post(10, regionAccess(0x20000, 0, 4, [1, 0, 0, 0]))
        connection.post(10, regionAccess(0x18, 0, 4, [1]))
        connection.post(99, [])
        #expect(connection.client.hasNothing)
        #expect(connection.function.calls == [.writeBAR(0, offset: 0x18, width: 4, value: 1)])
    }

    @Test("posted writes and a read behind them are carried out in order")
    func order() throws {
        let connection = try Connection()
        for value in UInt8(0)..<100 {
            connection.client.send(Wire(1, 10, regionAccess(0x3818, 0, 4, [value, 0, 0, 0]), flags: Wire.noReply))
        }
        _ = try connection.call(9, regionAccess(0, 0, 4))
        let values = connection.function.calls.compactMap { call -> UInt64? in
            if case .writeBAR(_, _, _, let value) = call { value } else { nil }
        }
        #expect(values == (0..<100).map { UInt64($0) })
        #expect(connection.function.calls.last == .readBAR(0, offset: 0, width: 4))
    }

    @Test("the owner acts on a write before it is answered, and before the next message")
    func acting() throws {
        let function = ScriptedFunction()
        var counts: [Int] = []
        var isAnswered: () -> Bool = { false }
        let connection = try Connection(function) {
            counts.append(function.calls.count)
            #expect(!isAnswered())
        }
        isAnswered = { [client = connection.client] in !client.hasNothing }
        _ = try connection.call(10, regionAccess(0x3818, 0, 4, [1, 0, 0, 0]))
        #expect(counts == [1])
        for value in UInt8(2)..<4 {
            connection.client.send(Wire(1, 10, regionAccess(0x3818, 0, 4, [value, 0, 0, 0]), flags: Wire.noReply))
        }
        connection.client.send(Wire(2, 9, regionAccess(0, 0, 4)))
        connection.run()
        #expect(counts == [1, 2, 3] && function.calls.count == 4, "after each posted write, before the read")
        _ = connection.client.next()
        #expect(try connection.call(10, regionAccess(0x20000, 0, 4, [1, 0, 0, 0])).refusal == EINVAL)
        #expect(counts == [1, 2, 3], "nothing was written")
        connection.post(
            15, bytes(UInt64(2), UInt64(0), UInt32(0), UInt32(4), UInt64(1), UInt64(4), UInt32(0), UInt32(4), UInt64(1))
        )
        #expect(counts == [1, 2, 3, 6], "once for several writes")
    }

    @Test("the largest transfer is written at once")
    func large() throws {
        let connection = try Connection()
        let data = [UInt8](repeating: 7, count: 65_536)
        let message = Wire(3, 10, regionAccess(0, 0, 65_536, data)).bytes
        #expect(connection.client.send(message) == message.count)
        connection.run()
        #expect(connection.client.next()?.refusal == nil)
        #expect(connection.function.calls.count == 8192)
    }

    @Test("data of another length than announced is refused", arguments: [0, 3, 5])
    func length(count: Int) throws {
        let connection = try Connection()
        let data = [UInt8](repeating: 0, count: count)
        #expect(try connection.call(10, regionAccess(0, 0, 4, data)).refusal == EINVAL)
        #expect(connection.function.calls.isEmpty)
    }

    @Test("a count near 2^32 is refused")
    func hugeCount() throws {
        #expect(try Connection().call(10, regionAccess(0, 0, UInt32.max, [0])).refusal == EINVAL)
    }
}

@Suite("REGION_WRITE_MULTI")
struct RegionWriteMultiTests {
    private func entry(_ offset: UInt64, _ region: UInt32, _ count: UInt32, _ value: UInt64) -> [UInt8] {
        bytes(offset, region, count, value)
    }

    @Test("the writes are carried out in order, unused entries ignored")
    func writes() throws {
        let connection = try Connection()
        let entries = entry(0x10, 0, 4, 0xAABB_CCDD) + entry(4, 7, 2, 6) + entry(0x20, 3, 8, 1 << 40)
        connection.post(15, bytes(UInt64(3)) + entries + [UInt8](repeating: 0xFF, count: 24 * 5))
        #expect(connection.client.hasNothing)
        #expect(
            connection.function.calls == [
                .writeBAR(0, offset: 0x10, width: 4, value: 0xAABB_CCDD),
                .writeConfiguration(offset: 4, width: 2, value: 6),
                .writeBAR(3, offset: 0x20, width: 8, value: 1 << 40),
            ])
    }

    @Test("a reply that is wanted names how many were written")
    func reply() throws {
        let reply = try Connection().call(15, bytes(UInt64(1)) + entry(0, 0, 4, 1))
        #expect(reply.payload == bytes(UInt64(1)))
    }

    @Test("200 writes go into one message")
    func full() throws {
        let connection = try Connection()
        let entries = (0..<200).flatMap { entry(UInt64($0) * 4, 0, 4, 1) }
        #expect(try connection.call(15, bytes(UInt64(200)) + entries).refusal == nil)
        #expect(connection.function.calls.count == 200)
    }

    @Test("more writes than the message holds or than are allowed are refused")
    func counts() throws {
        let connection = try Connection()
        #expect(try connection.call(15, bytes(UInt64(2)) + entry(0, 0, 4, 1)).refusal == EINVAL)
        #expect(try connection.call(15, bytes(UInt64.max) + entry(0, 0, 4, 1)).refusal == EINVAL)
        let entries = (0..<201).flatMap { _ in entry(0, 0, 4, 1) }
        #expect(try connection.call(15, bytes(UInt64(201)) + entries).refusal == EINVAL)
        #expect(try connection.call(15, [0]).refusal == EINVAL)
        #expect(connection.function.calls.isEmpty)
    }

    @Test("a write of more than 8 bytes is refused")
    func tooWide() throws {
        let connection = try Connection()
        #expect(try connection.call(15, bytes(UInt64(1)) + entry(0, 0, 9, 1)).refusal == EINVAL)
        #expect(connection.function.calls.isEmpty)
    }
}
