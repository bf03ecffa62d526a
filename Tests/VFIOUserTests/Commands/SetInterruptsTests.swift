// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import PCIe
import Testing

@testable import VFIOUser

extension Connection {
    /// DEVICE_SET_IRQS.
    func setInterrupts(
        _ flags: UInt32, index: UInt32, start: UInt32 = 0, count: UInt32, data: [UInt8] = [], descriptors: [CInt] = []
    ) throws -> Wire {
        try call(8, bytes(UInt32(20 + data.count), flags, index, start, count) + data, descriptors: descriptors)
    }
}

@Suite("DEVICE_SET_IRQS, MSI and MSI-X")
struct SetMessageInterruptsTests {
    private static let (bind, none) = (UInt32(0x24), UInt32(0x01))
    private static let (bool, mask, unmask, trigger) = (UInt32(0x02), UInt32(8), UInt32(16), UInt32(32))

    @Test("vectors signal the eventfds they were bound to", arguments: [UInt32(1), 2])
    func binds(index: UInt32) throws {
        let connection = try Connection()
        let events = [EventDescriptor(), EventDescriptor()]
        let count = index == 1 ? 1 : 2
        let given = events[0..<count].map(\.number)
        #expect(
            try connection.setInterrupts(Self.bind, index: index, count: UInt32(count), descriptors: given).refusal
                == nil)
        if index == 1 { connection.function.host?.sendMSI(0) } else { connection.function.host?.sendMSIX(1) }
        #expect(events[count - 1].take() == 1)
        if count == 2 { #expect(events[0].take() == 0) }
    }

    @Test("without descriptors the vectors are unbound, and what comes meanwhile is signalled when bound again")
    func unbindAndRebind() throws {
        let connection = try Connection()
        let (first, second) = (EventDescriptor(), EventDescriptor())
        _ = try connection.setInterrupts(Self.bind, index: 2, count: 1, descriptors: [first.number])
        _ = try connection.setInterrupts(Self.bind, index: 2, count: 1)
        #expect(isLetGo(eventDescriptor: first.number))
        connection.function.host?.sendMSIX(0)
        connection.function.host?.sendMSIX(0)
        #expect(first.take() == 0)
        _ = try connection.setInterrupts(Self.bind, index: 2, count: 1, descriptors: [second.number])
        #expect(second.take() == 1)
    }

    @Test("growing by disabling all and binding more loses no vector")
    func growing() throws {
        let connection = try Connection()
        let events = (0..<3).map { _ in EventDescriptor() }
        _ = try connection.setInterrupts(Self.bind, index: 2, count: 1, descriptors: [events[0].number])
        #expect(try connection.setInterrupts(0x21, index: 2, count: 0).refusal == nil)
        connection.function.host?.sendMSIX(0)
        connection.function.host?.sendMSIX(2)
        _ = try connection.setInterrupts(Self.bind, index: 2, count: 3, descriptors: events.map(\.number))
        #expect(events.map { $0.take() } == [1, 0, 1])
    }

    @Test("disabling an index closes its eventfds and leaves the other index alone")
    func disable() throws {
        let connection = try Connection()
        let (msi, msix) = (EventDescriptor(), EventDescriptor())
        _ = try connection.setInterrupts(Self.bind, index: 1, count: 1, descriptors: [msi.number])
        _ = try connection.setInterrupts(Self.bind, index: 2, count: 1, descriptors: [msix.number])
        _ = try connection.setInterrupts(0x21, index: 2, count: 0)
        #expect(isLetGo(eventDescriptor: msix.number))
        connection.function.host?.sendMSI(0)
        #expect(msi.take() == 1)
    }

    @Test("a masked vector waits until it is unmasked")
    func masking() throws {
        let connection = try Connection()
        let event = EventDescriptor()
        _ = try connection.setInterrupts(Self.bind, index: 2, start: 4, count: 1, descriptors: [event.number])
        _ = try connection.setInterrupts(Self.none | Self.mask, index: 2, start: 4, count: 1)
        connection.function.host?.sendMSIX(4)
        #expect(event.take() == 0)
        _ = try connection.setInterrupts(Self.bool | Self.unmask, index: 2, start: 3, count: 3, data: [1, 0, 1])
        #expect(event.take() == 0)
        _ = try connection.setInterrupts(Self.bool | Self.unmask, index: 2, start: 3, count: 3, data: [0, 1, 0])
        #expect(event.take() == 1)
    }

    @Test("a vector that waits is pending until it is signalled, taken back, or the device is reset")
    func pending() throws {
        let connection = try Connection()
        let host = try #require(connection.function.host)
        let events = (0..<3).map { _ in EventDescriptor() }
        for vector in 0..<3 { host.sendMSIX(vector) }
        #expect((-1..<11).filter { host.isMSIXPending($0) } == [0, 1, 2])
        host.withdrawMSIX(1)
        host.withdrawMSIX(10)
        _ = try connection.setInterrupts(Self.bind, index: 2, count: 2, descriptors: events[0..<2].map(\.number))
        #expect(events.map { $0.take() } == [1, 0, 0])
        #expect((0..<10).filter { host.isMSIXPending($0) } == [2])
        host.sendMSIX(0)
        #expect(!host.isMSIXPending(0))
        _ = try connection.call(13)
        #expect(!host.isMSIXPending(2))
    }

    @Test("a client can fire vectors to test its wiring")
    func fire() throws {
        let connection = try Connection()
        let events = [EventDescriptor(), EventDescriptor()]
        _ = try connection.setInterrupts(Self.bind, index: 2, count: 2, descriptors: events.map(\.number))
        _ = try connection.setInterrupts(Self.none | Self.trigger, index: 2, count: 2)
        #expect(events.map { $0.take() } == [1, 1])
        _ = try connection.setInterrupts(Self.bool | Self.trigger, index: 2, count: 2, data: [0, 1])
        #expect(events.map { $0.take() } == [0, 1])
    }

    @Test("a vector the function does not have is ignored", arguments: [-1, 10, Int.max])
    func strayVector(vector: Int) throws {
        let connection = try Connection()
        connection.function.host?.sendMSIX(vector)
        connection.function.host?.sendMSI(vector)
        #expect(try connection.setInterrupts(0x21, index: 2, count: 0).refusal == nil)
    }

    @Test("an eventfd whose counter is full does not block")
    func fullCounter() throws {
        let connection = try Connection()
        // Blocking as created here: the server has to change that.
        let number = eventfd(0, CInt(EFD_CLOEXEC))
        defer { close(number) }
        var full = UInt64.max - 1
        #expect(write(number, &full, 8) == 8)
        _ = try connection.setInterrupts(Self.bind, index: 2, count: 1, descriptors: [number])
        connection.function.host?.sendMSIX(0)
    }

    @Test("a descriptor that is no eventfd is refused, and closed")
    func notAnEventDescriptor() throws {
        let connection = try Connection()
        let file = MemoryFile()
        let event = EventDescriptor()
        let given = [event.number, file.number]
        #expect(try connection.setInterrupts(Self.bind, index: 2, count: 2, descriptors: given).refusal == EINVAL)
        #expect(file.isLetGo)
        #expect(isLetGo(eventDescriptor: event.number))
    }

    @Test(
        "flags, ranges and lengths that make no sense are refused",
        arguments: [
            // Flags, index, start, count.
            [0x24, 2, 10, 1], [0x24, 2, 0, 11], [0x24, 2, .max, 1], [0x24, 2, 1, .max], [0x24, 2, 0, 0],
            [0x24, 3, 0, 1], [0x24, 5, 0, 1], [0x24, .max, 0, 1], [0x04, 2, 0, 1], [0x20, 2, 0, 1], [0, 2, 0, 1],
            [0x25, 2, 0, 1], [0x23, 2, 0, 1], [0x39, 2, 0, 1], [0x64, 2, 0, 1], [0x22, 2, 0, 1], [0x08, 2, 0, 0],
            [0x09, 2, 0, 0], [0x24, 1, 0, 2],
        ] as [[UInt32]])
    func malformed(numbers: [UInt32]) throws {
        let connection = try Connection()
        let reply = try connection.setInterrupts(numbers[0], index: numbers[1], start: numbers[2], count: numbers[3])
        #expect(reply.refusal == EINVAL)
    }

    @Test("fewer or more descriptors than vectors are refused and closed", arguments: [UInt32(1), 3])
    func descriptorCount(count: UInt32) throws {
        let connection = try Connection()
        let event = EventDescriptor()
        let given = [event.number, event.number]
        #expect(try connection.setInterrupts(Self.bind, index: 2, count: count, descriptors: given).refusal == EINVAL)
        #expect(isLetGo(eventDescriptor: event.number))
    }

    @Test("descriptors with data that takes none are refused")
    func descriptorsWithoutUse() throws {
        let connection = try Connection()
        let event = EventDescriptor()
        #expect(try connection.setInterrupts(0x21, index: 2, count: 1, descriptors: [event.number]).refusal == EINVAL)
        #expect(isLetGo(eventDescriptor: event.number))
    }

    @Test("eventfds to mask or unmask message interrupts are not supported", arguments: [UInt32(0x0C), 0x14])
    func eventToMask(flags: UInt32) throws {
        let connection = try Connection()
        let event = EventDescriptor()
        #expect(
            try connection.setInterrupts(flags, index: 2, count: 1, descriptors: [event.number]).refusal == ENOTSUP)
    }

    @Test("a truncated request is refused")
    func truncated() throws {
        let connection = try Connection()
        #expect(try connection.call(8, bytes(UInt32(20), UInt32(0x21), UInt32(2), UInt32(0))).refusal == EINVAL)
        #expect(
            try connection.call(8, bytes(UInt32(19), UInt32(0x21), UInt32(2), UInt32(0), UInt32(0))).refusal == EINVAL)
    }
}
