// SPDX-License-Identifier: Apache-2.0

import CKawela
import Foundation
import Testing

@testable import VFIOUser

/// O_NONBLOCK belongs to the open file, which the client shares: it can make an eventfd block at any time.
@Suite("Eventfds that block")
struct BlockingEventTests {
    private let connection: Connection
    private let event = EventDescriptor()

    init() throws { connection = try Connection() }

    /// Does what makes `event` block for ever, of which a thread sets it free after a second: the test fails then, but ends.
    private func duration(freeing free: @escaping @Sendable (CInt) -> Void, _ work: () throws -> Void) rethrows
        -> Duration
    {
        let number = event.number
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            if done.wait(timeout: .now() + 1) == .timedOut { free(number) }
        }
        defer { done.signal() }
        return try ContinuousClock().measure(work)
    }

    private static func take(_ number: CInt) {
        var value: UInt64 = 0
        _ = read(number, &value, 8)
    }

    private func expectDropped() {
        #expect(connection.isClosed)
        #expect(connection.log.lines.last == "warning: client dropped: its eventfd blocks")
    }

    @Test("an MSI-X vector whose full eventfd blocks ends its client's session within milliseconds")
    func vector() throws {
        for vector in UInt32(0)..<10 {
            let reply = try connection.setInterrupts(
                0x24, index: 2, start: vector, count: 1, descriptors: [event.number])
            #expect(reply.refusal == nil)
        }
        event.makeBlocking(full: true)
        let time = duration(freeing: Self.take) { for vector in 0..<10 { connection.function.host?.sendMSIX(vector) } }
        #expect(time < .milliseconds(500))
        expectDropped()
    }

    @Test("a client that has its own full eventfd signalled is dropped, whatever it addresses")
    func request() throws {
        for vector in UInt32(0)..<10 {
            _ = try connection.setInterrupts(0x24, index: 2, start: vector, count: 1, descriptors: [event.number])
        }
        event.makeBlocking(full: true)
        let trigger = bytes(UInt32(20), UInt32(0x21), UInt32(2), UInt32(0), UInt32(10))
        let time = duration(freeing: Self.take) { connection.post(8, trigger) }
        #expect(time < .milliseconds(500))
        expectDropped()
    }

    @Test("an INTx line whose full eventfd blocks ends its client's session within milliseconds")
    func line() throws {
        _ = try connection.setInterrupts(0x24, index: 0, count: 1, descriptors: [event.number])
        event.makeBlocking(full: true)
        let time = duration(freeing: Self.take) { connection.function.host?.setINTx(asserted: true) }
        #expect(time < .milliseconds(500))
        expectDropped()
    }

    @Test("a resample eventfd that is empty and blocks when it is read ends its client's session within milliseconds")
    func resample() throws {
        _ = try connection.setInterrupts(0x14, index: 0, count: 1, descriptors: [event.number])
        event.makeBlocking(full: false)
        let number = try #require(connection.server.descriptors.last)
        let free = { @Sendable (number: CInt) in _ = eventfd_write(number, 1) }
        let time = duration(freeing: free) { connection.server.handleEvents(on: number) }
        #expect(time < .milliseconds(500))
        expectDropped()
    }

    @Test("a full eventfd that does not block harms nobody")
    func full() throws {
        _ = try connection.setInterrupts(0x24, index: 2, count: 1, descriptors: [event.number])
        event.makeBlocking(full: true)
        _ = kw_set_nonblocking(event.number)
        for _ in 0..<1000 { connection.function.host?.sendMSIX(0) }
        #expect(try connection.call(13).refusal == nil)
    }

    @Test("signals arrive while the timer that guards against blocking rings")
    func underTimer() throws {
        _ = try connection.setInterrupts(0x24, index: 2, count: 1, descriptors: [event.number])
        let end = ContinuousClock.now + .milliseconds(50)
        var (sent, taken) = (UInt64(0), UInt64(0))
        while .now < end {
            connection.function.host?.sendMSIX(0)
            sent += 1
            taken += event.take()
        }
        #expect(sent == taken)
        #expect(connection.server.isConnected)
    }
}
