// SPDX-License-Identifier: Apache-2.0

import Glibc
import PCIe
import Testing

@testable import VFIOUser

@Suite("DEVICE_SET_IRQS, INTx")
struct SetINTxTests {
    private let connection: Connection
    private let event = EventDescriptor()
    private let function: ScriptedFunction

    init() throws {
        connection = try Connection()
        function = connection.function
        _ = try connection.setInterrupts(0x24, index: 0, count: 1, descriptors: [event.number])
    }

    private func mask() throws { _ = try connection.setInterrupts(0x09, index: 0, count: 1) }
    private func unmask() throws { _ = try connection.setInterrupts(0x11, index: 0, count: 1) }

    @Test("a high level is signalled once, and again only after an unmask finds it still high")
    func automask() throws {
        function.host?.setINTx(asserted: true)
        function.host?.setINTx(asserted: true)
        #expect(event.take() == 1)
        function.host?.setINTx(asserted: false)
        function.host?.setINTx(asserted: true)
        #expect(event.take() == 0)
        try unmask()
        #expect(event.take() == 1)
    }

    @Test(
        "an eventfd cannot be both ends: each signal would unmask the line and bring the next",
        arguments: [false, true])
    func loop(triggerFirst: Bool) throws {
        let other = EventDescriptor()
        if triggerFirst {
            let reply = try connection.setInterrupts(0x14, index: 0, count: 1, descriptors: [event.number])
            #expect(reply.refusal == EINVAL)
        } else {
            #expect(
                try connection.setInterrupts(0x14, index: 0, count: 1, descriptors: [other.number]).refusal == nil)
            let reply = try connection.setInterrupts(0x24, index: 0, count: 1, descriptors: [other.number])
            #expect(reply.refusal == EINVAL)
        }
        function.host?.setINTx(asserted: true)
        #expect(event.take() == 1 && other.take() == 0)
    }

    @Test("an unmask with the level low signals nothing, and the next rise is signalled")
    func unmaskWhileLow() throws {
        function.host?.setINTx(asserted: true)
        #expect(event.take() == 1)
        function.host?.setINTx(asserted: false)
        try unmask()
        #expect(event.take() == 0)
        function.host?.setINTx(asserted: true)
        #expect(event.take() == 1)
    }

    @Test("a masked line waits for its unmask")
    func masked() throws {
        try mask()
        function.host?.setINTx(asserted: true)
        #expect(event.take() == 0)
        try unmask()
        #expect(event.take() == 1)
    }

    @Test("boolean data masks only when set")
    func booleanData() throws {
        _ = try connection.setInterrupts(0x0A, index: 0, count: 1, data: [0])
        function.host?.setINTx(asserted: true)
        #expect(event.take() == 1)
        _ = try connection.setInterrupts(0x12, index: 0, count: 1, data: [0])
        #expect(event.take() == 0)
        _ = try connection.setInterrupts(0x12, index: 0, count: 1, data: [1])
        #expect(event.take() == 1)
    }

    @Test("a level that rose before the eventfd was bound is signalled at binding")
    func boundLate() throws {
        _ = try connection.setInterrupts(0x21, index: 0, count: 0)
        function.host?.setINTx(asserted: true)
        _ = try connection.setInterrupts(0x24, index: 0, count: 1, descriptors: [event.number])
        #expect(event.take() == 1)
    }

    @Test("an exchange of the eventfd under mask keeps the mask")
    func exchange() throws {
        try mask()
        let other = EventDescriptor()
        function.host?.setINTx(asserted: true)
        _ = try connection.setInterrupts(0x24, index: 0, count: 1, descriptors: [other.number])
        #expect(other.take() == 0)
        try unmask()
        #expect(other.take() == 1)
        #expect(isLetGo(eventDescriptor: event.number))
    }

    @Test("disabling the index unmasks: the next binding starts afresh")
    func disable() throws {
        function.host?.setINTx(asserted: true)
        #expect(event.take() == 1)
        _ = try connection.setInterrupts(0x21, index: 0, count: 0)
        #expect(isLetGo(eventDescriptor: event.number))
        _ = try connection.setInterrupts(0x24, index: 0, count: 1, descriptors: [event.number])
        #expect(event.take() == 1)
    }

    @Test("the resample eventfd is among the descriptors to wait for, and unmasks when signalled")
    func resample() throws {
        let resample = EventDescriptor()
        let before = connection.server.descriptors.count
        _ = try connection.setInterrupts(0x14, index: 0, count: 1, descriptors: [resample.number])
        #expect(connection.server.descriptors.count == before + 1)
        function.host?.setINTx(asserted: true)
        #expect(event.take() == 1)
        resample.signal()
        connection.run()
        #expect(event.take() == 1)
        #expect(resample.take() == 0)
        function.host?.setINTx(asserted: false)
        resample.signal()
        connection.run()
        #expect(event.take() == 0)
    }

    @Test("the resample eventfd goes with an unbind, with the index, and with the client")
    func resampleGoes() throws {
        let resample = EventDescriptor()
        for unbind in [UInt32(0x14), 0x21] {
            _ = try connection.setInterrupts(0x14, index: 0, count: 1, descriptors: [resample.number])
            #expect(copies(ofEventDescriptor: resample.number) == 2)
            _ = try connection.setInterrupts(unbind, index: 0, count: unbind == 0x21 ? 0 : 1)
            #expect(isLetGo(eventDescriptor: resample.number))
        }
        _ = try connection.setInterrupts(0x14, index: 0, count: 1, descriptors: [resample.number])
        connection.client.close()
        connection.run()
        #expect(connection.server.descriptors.isEmpty)
        #expect(isLetGo(eventDescriptor: resample.number))
        #expect(isLetGo(eventDescriptor: event.number))
    }

    @Test("the line can be fired to test the wiring")
    func fire() throws {
        _ = try connection.setInterrupts(0x21, index: 0, count: 1)
        #expect(event.take() == 1)
        _ = try connection.setInterrupts(0x22, index: 0, count: 1, data: [0])
        #expect(event.take() == 0)
    }

    @Test("an eventfd to mask is not supported")
    func eventToMask() throws {
        #expect(try connection.setInterrupts(0x0C, index: 0, count: 1, descriptors: [event.number]).refusal == ENOTSUP)
    }

    @Test("a second line does not exist")
    func secondLine() throws {
        #expect(try connection.setInterrupts(0x11, index: 0, start: 1, count: 1).refusal == EINVAL)
        #expect(try connection.setInterrupts(0x11, index: 0, count: 2).refusal == EINVAL)
    }
}
