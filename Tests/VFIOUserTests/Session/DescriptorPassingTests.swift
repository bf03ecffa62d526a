// SPDX-License-Identifier: Apache-2.0

import Glibc
import PCIe
import Testing

@testable import VFIOUser

/// Which message descriptors belong to, with messages before and after them in the same receive.
@Suite("Descriptor passing")
struct DescriptorPassingTests {
    private let connection: Connection
    private let file = MemoryFile()
    private let write = Wire(1, 10, regionAccess(0, 0, 4, [1, 2, 3, 4]), flags: Wire.noReply)

    init() throws { connection = try Connection() }

    private func map(_ id: UInt16) -> Wire { Wire(id, 2, DMAMapTests.payload(address: UInt64(id) << 20)) }
    private var isFile: [Bool] { connection.function.mappings.map { $0.backing != .messages } }

    @Test("several messages before and after the one with the descriptor")
    func amongOthers() {
        for id in UInt16(1)...3 { connection.client.send(map(id)) }
        connection.client.send(map(4), descriptors: [file.number])
        for id in UInt16(5)...6 { connection.client.send(map(id)) }
        connection.client.send(write)
        connection.client.send(map(7), descriptors: [file.number])
        connection.run()
        #expect(isFile == [false, false, false, true, false, false, true])
        #expect(file.isLetGo)
    }

    @Test("messages sent together before the one with the descriptor")
    func coalescedBefore() {
        connection.client.send(map(1).bytes + write.bytes + map(2).bytes)
        connection.client.send(map(3), descriptors: [file.number])
        connection.client.send(map(4).bytes + map(5).bytes)
        connection.run()
        #expect(isFile == [false, false, true, false, false])
    }

    @Test("the header with the descriptor first, the payload later")
    func headerFirst() {
        connection.client.send(map(1))
        connection.client.send(Array(map(2).bytes[0..<16]), descriptors: [file.number])
        connection.run()
        #expect(isFile == [false])
        connection.client.send(Array(map(2).bytes[16...]))
        connection.client.send(map(3))
        connection.run()
        #expect(isFile == [false, true, false])
        #expect(file.isLetGo)
    }

    @Test("a header cut in its middle, the descriptor with its first byte")
    func cutHeader() {
        connection.client.send(Array(map(1).bytes[0..<3]), descriptors: [file.number])
        connection.run()
        for byte in map(1).bytes[3...] {
            connection.client.send([byte])
            connection.run()
        }
        #expect(isFile == [true])
    }

    @Test("descriptors of several messages stay with theirs while those wait in the buffer")
    func bound() throws {
        let events = (0..<4).map { _ in EventDescriptor() }
        for (index, event) in events.enumerated() {
            connection.client.send(write)
            let payload = bytes(UInt32(20), UInt32(0x24), UInt32(2), UInt32(index), UInt32(1))
            connection.client.send(Wire(UInt16(index), 8, payload), descriptors: [event.number])
        }
        connection.run()
        for (index, event) in events.enumerated() {
            connection.function.host?.sendMSIX(index)
            #expect(event.take() == 1)
            #expect(connection.client.next()?.refusal == nil)
        }
    }

    @Test("descriptors in the middle of a message go with it")
    func midMessage() {
        connection.client.send(Array(map(1).bytes[0..<20]))
        connection.run()
        connection.client.send(Array(map(1).bytes[20...]), descriptors: [file.number])
        connection.run()
        #expect(isFile == [true])
    }

    @Test("16 descriptors come with one message, of 17 the connection does not survive")
    func limit() throws {
        let event = EventDescriptor()
        let sixteen = [CInt](repeating: event.number, count: 16)
        #expect(try connection.setInterrupts(0x24, index: 2, count: 16, descriptors: sixteen).refusal == EINVAL)
        connection.client.send(Wire(1, 13), descriptors: sixteen + [event.number])
        #expect(connection.isClosed)
        #expect(isLetGo(eventDescriptor: event.number))
    }

    @Test("a flood of descriptors for a message that never ends is cut off")
    func flood() {
        var message = map(1).bytes
        message[4] = 0xFF
        connection.client.send(message)
        for _ in 0..<20 {
            connection.client.send([0], descriptors: [CInt](repeating: file.number, count: 15))
            connection.run()
        }
        #expect(connection.isClosed)
        #expect(file.isLetGo)
    }
}
