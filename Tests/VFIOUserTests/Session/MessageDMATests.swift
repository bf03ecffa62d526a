// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostSystem
import PCIe
import Synchronization
import Testing

@testable import VFIOUser

/// Answers a server's DMA messages on a thread of its own, out of an array at address 0x1000.
final class MemoryServer: @unchecked Sendable {
    enum Layout: CaseIterable {
        /// As specified, with a 64-bit count.
        case standard
        /// As specified, by a client that looks at 32 bits of the count.
        case standard32
        /// As QEMU has it.
        case packed
    }

    private let client: TestClient
    private let layout: Layout
    private(set) var memory = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    private(set) var largest = 0
    private let isDone = DispatchSemaphore(value: 0)
    private let isStopping = Atomic(false)
    /// Sent before each reply.
    private let chatter: [Wire]

    init(_ client: TestClient, _ layout: Layout, chatter: [Wire] = []) {
        (self.client, self.layout, self.chatter) = (client, layout, chatter)
        Thread { self.serve() }.start()
    }

    /// Ends the thread and waits for that.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        isDone.wait()
    }

    private func serve() {
        while !isStopping.load(ordering: .relaxed) {
            guard let request = client.awaitNext(milliseconds: 20) else { continue }
            for message in chatter { client.send(message) }
            client.send(answer(request))
        }
        isDone.signal()
    }

    private func answer(_ request: Wire) -> Wire {
        let address = request.payload.u64(0)
        let count = layout == .standard ? request.payload.u64(8) : UInt64(request.payload.u32(8))
        guard count <= 65_536 else { return refuse(request, E2BIG) }
        guard address >= 0x1000, address - 0x1000 + count <= memory.count else { return refuse(request, EFAULT) }
        largest = max(largest, Int(count))
        let start = Int(address - 0x1000)
        let offset = layout == .packed ? 12 : 16
        if request.command == 12 {
            guard request.payload.count == 16 + Int(count) else { return refuse(request, EINVAL) }
            memory.replaceSubrange(start..<(start + Int(count)), with: request.payload[offset..<(offset + Int(count))])
            return Wire(request.id, 12, flags: 1)
        }
        // The request's fixed part is copied, then the data written over its end or behind it.
        var payload = request.payload + [UInt8](repeating: 0, count: Int(count))
        payload.replaceSubrange(offset..<(offset + Int(count)), with: memory[start..<(start + Int(count))])
        return Wire(request.id, 11, payload, flags: 1)
    }

    private func refuse(_ request: Wire, _ errno: CInt) -> Wire {
        var reply = Wire(request.id, request.command, flags: 0x21)
        reply.error = UInt32(errno)
        return reply
    }
}

@Suite("DMA by messages")
struct MessageDMATests {
    private let connection: Connection
    private var host: any FunctionHost { connection.function.host! }

    /// Waits longer than a busy machine that runs these tests takes.
    init() throws {
        connection = try Connection(waitBudget: WaitBudget(replyTime: .milliseconds(500), burst: .seconds(5)))
    }

    private func read(_ address: UInt64, _ count: Int) -> [UInt8]? { Self.read(address, count, by: host) }

    private static func read(_ address: UInt64, _ count: Int, by host: any FunctionHost) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0xEE, count: count)
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        return host.readMemory(at: address, into: &bytes) ? buffer : nil
    }

    private func write(_ address: UInt64, _ bytes: [UInt8]) -> Bool {
        return host.writeMemory(at: address, bytes.span.bytes)
    }

    @Test("reads and writes arrive in either layout of the data", arguments: MemoryServer.Layout.allCases)
    func layouts(layout: MemoryServer.Layout) {
        let memory = MemoryServer(connection.client, layout)
        defer { memory.stop() }
        #expect(write(0x1105, [9, 8, 7, 6, 5]))
        #expect(Array(memory.memory[0x105..<0x10A]) == [9, 8, 7, 6, 5])
        #expect(read(0x1104, 6) == [UInt8(truncatingIfNeeded: 0x104 * 7), 9, 8, 7, 6, 5])
        #expect(read(0x1107, 1) == [7])
    }

    @Test("memory full of zeros does not hide the layout", arguments: MemoryServer.Layout.allCases)
    func zeros(layout: MemoryServer.Layout) {
        let memory = MemoryServer(connection.client, layout)
        defer { memory.stop() }
        let zeros = [UInt8](repeating: 0, count: 64)
        #expect(write(0x2000, zeros))
        #expect(read(0x2000, 64) == zeros)
        #expect(write(0x2000, [1, 2, 3, 4, 5, 6, 7, 8]))
        #expect(read(0x2000, 64) == [1, 2, 3, 4, 5, 6, 7, 8] + zeros[8...])
    }

    @Test("more than a message holds goes in pieces", arguments: MemoryServer.Layout.allCases)
    func pieces(layout: MemoryServer.Layout) {
        let memory = MemoryServer(connection.client, layout)
        defer { memory.stop() }
        let data = (0..<150_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }
        #expect(write(0x1000, data))
        #expect(read(0x1000, data.count) == data)
        #expect(memory.largest == 65_536)
    }

    @Test("what the client refuses fails, and the connection goes on")
    func refused() throws {
        let memory = MemoryServer(connection.client, .packed)
        #expect(read(0x10, 4) == nil)
        #expect(!write(0x10, [1]))
        #expect(read(0x1000, 2) == [0, 7])
        #expect(read(0x10, 4) == nil)
        #expect(!write(0xFFFF_FFFF_FFFF_FFFF, [1, 2]))
        memory.stop()
        #expect(try connection.call(13).refusal == nil)
    }

    @Test("requests that arrive while a reply is due are carried out afterwards, in order")
    func interleaved() {
        let file = MemoryFile()
        let writes = (1...3).map { Wire(1, 10, regionAccess(0, 0, 1, [UInt8($0)]), flags: Wire.noReply) }
        let memory = MemoryServer(connection.client, .packed, chatter: writes + [Wire(50, 13)])
        #expect(read(0x1000, 2) == [0, 7])
        #expect(connection.function.calls.isEmpty)
        #expect(connection.server.hasBufferedMessages)
        memory.stop()
        connection.run()
        let expected: [ScriptedFunction.Call] =
            (1...3).map { .writeBAR(0, offset: 0, width: 1, value: $0) } + [.reset]
        // Once for the layout and once for the data.
        #expect(connection.function.calls == expected + expected)
        #expect(file.isLetGo)
        #expect(connection.client.next()?.id == 50)
    }

    @Test("a function may use it while it carries out a write")
    func insideWrite() throws {
        let memory = MemoryServer(connection.client, .packed)
        var seen: [UInt8]?
        connection.function.onWrite = { _, _, _ in seen = read(0x1001, 3) }
        connection.client.send(Wire(9, 10, regionAccess(0, 0, 4, [1, 0, 0, 0]), flags: Wire.noReply))
        connection.run()
        memory.stop()
        #expect(seen == [7, 14, 21])
    }

    @Test("what a client does not answer fails, and after many such it is dropped")
    func silent() throws {
        let connection = try Connection()
        for _ in 0..<Limits.abandonedRequests {
            #expect(readWhenAllowed(connection) == nil)
            connection.run()
            #expect(connection.server.isConnected)
        }
        #expect(readWhenAllowed(connection) == nil)
        // Only noted inside the call: the function is at work.
        #expect(connection.function.calls.isEmpty)
        #expect(connection.server.hasBufferedMessages)
        connection.run()
        #expect(!connection.server.isConnected)
        #expect(connection.function.calls == [.unmapAll, .detach, .reset])
        #expect(connection.log.lines.last == "warning: client dropped: the client does not answer DMA requests")
    }

    @Test("when both sides wait for each other the DMA fails, and the late reply is ignored")
    func crossed() throws {
        connection.client.send(Wire(60, 9, regionAccess(0, 0, 4)))
        let start = ContinuousClock.now
        #expect(read(0x1000, 4) == nil)
        #expect(ContinuousClock.now - start < .milliseconds(900))
        connection.run()
        let request = try #require(connection.client.next())
        #expect(request.command == 11)
        #expect(connection.client.next()?.id == 60)
        connection.client.send(Wire(request.id, 11, request.payload + [0, 0, 0, 0], flags: 1))
        let memory = MemoryServer(connection.client, .standard)
        #expect(read(0x1000, 2) == [0, 7])
        memory.stop()
        #expect(connection.server.isConnected)
    }

    @Test("a late reply is ignored whenever it comes, and one to nothing drops the client")
    func late() throws {
        connection.client.send(Wire(60, 9, regionAccess(0, 0, 4)))
        #expect(read(0x1000, 4) == nil)
        connection.run()
        let request = try #require(connection.client.next())
        let reply = Wire(request.id, 11, request.payload + [0, 0, 0, 0], flags: 1)
        connection.client.send(reply)
        connection.run()
        #expect(connection.server.isConnected)
        connection.client.send(reply)
        connection.run()
        #expect(!connection.server.isConnected)
    }

    @Test("a client that kept the server waiting is not waited for again until three times as long has passed")
    func budget() throws {
        let connection = try Connection(waitBudget: WaitBudget(replyTime: .seconds(1), burst: .milliseconds(100)))
        let start = ContinuousClock.now
        #expect(readWhenAllowed(connection) == nil)
        let end = ContinuousClock.now
        for _ in 0..<1000 { #expect(readAtOnce(connection) == nil) }
        // A wait would have taken 25 ms each at least.
        #expect(ContinuousClock.now - end < .seconds(5))
        #expect(connection.server.isConnected)
        waitForBudget(connection)
        #expect(ContinuousClock.now - start > .milliseconds(140))
    }

    @Test("prompt replies are waiting too: in the long run a third of the time")
    func prompt() throws {
        let connection = try Connection(waitBudget: WaitBudget(replyTime: .seconds(1)))
        let memory = MemoryServer(connection.client, .standard)
        defer { memory.stop() }
        let start = ContinuousClock.now
        var waited = Duration.zero
        while ContinuousClock.now - start < .seconds(1) {
            let before = ContinuousClock.now
            if readAtOnce(connection) != nil { waited += .now - before }
        }
        // What one reply may take on a busy machine comes on top.
        #expect(waited < .milliseconds(600), "\(waited)")
        #expect(waited > .milliseconds(10), "\(waited)")
    }

    private func readAtOnce(_ connection: Connection) -> [UInt8]? {
        Self.read(0x1000, 4, by: connection.function.host!)
    }

    private func readWhenAllowed(_ connection: Connection) -> [UInt8]? {
        waitForBudget(connection)
        return readAtOnce(connection)
    }

    /// Lets the client be waited for again.
    private func waitForBudget(_ connection: Connection) {
        let start = ContinuousClock.now
        while connection.function.host?.canWait == false, ContinuousClock.now - start < .seconds(10) { usleep(500) }
    }

    @Test("a client that goes away while its reply is due is noticed at once")
    func goesAway() {
        connection.client.close()
        let start = ContinuousClock.now
        #expect(!write(0x1000, [1]))
        #expect(ContinuousClock.now - start < .milliseconds(500))
        connection.run()
        #expect(!connection.server.isConnected)
    }

    @Test("a flood of requests while a reply is due ends the wait: the DMA fails, the connection goes on")
    func flood() throws {
        let client = connection.client
        let burst = (0..<500).flatMap { _ in
            Wire(1, 10, regionAccess(0, 0, 256, [UInt8](repeating: 0, count: 256)), flags: Wire.noReply).bytes
        }
        let thread = Thread {
            for _ in 0..<20 {
                var rest = burst[...]
                while !rest.isEmpty {
                    let sent = client.send(Array(rest))
                    if sent > 0 { rest = rest.dropFirst(sent) } else { usleep(500) }
                }
            }
        }
        thread.start()
        let start = ContinuousClock.now
        #expect(read(0x1000, 4) == nil)
        #expect(ContinuousClock.now - start < .milliseconds(900))
        while !thread.isFinished { connection.run() }
        connection.run()
        #expect(connection.server.isConnected)
        #expect(connection.function.calls.count == 20 * 500 * 32)
    }

    @Test("a reply of the wrong size drops the client")
    func wrongSize() {
        let client = connection.client
        Thread {
            if let request = client.awaitNext() { client.send(Wire(request.id, 11, [1, 2, 3], flags: 1)) }
        }.start()
        #expect(read(0x1000, 4) == nil)
        connection.run()
        #expect(!connection.server.isConnected)
    }

    @Test("descriptors in a reply are closed and drop the client")
    func descriptorsInReply() {
        let client = connection.client
        let file = MemoryFile()
        let number = file.number
        Thread {
            guard let request = client.awaitNext() else { return }
            client.send(Wire(request.id, 11, request.payload + [1, 2, 3, 4], flags: 1), descriptors: [number])
        }.start()
        _ = read(0x1000, 4)
        connection.run()
        #expect(!connection.server.isConnected)
        #expect(file.isLetGo)
    }

    @Test("before the handshake there is no memory")
    func beforeHandshake() throws {
        let fresh = try Connection(handshake: false)
        let socket = ClientSocket(Descriptor(-1), try Closer())
        let session = Session(socket, function: fresh.function, log: EventLog(fresh.log.logger))
        var byte: [UInt8] = [0]
        var span = byte.mutableSpan
        var bytes = span.mutableBytes
        #expect(!session.readMemory(at: 0, into: &bytes))
        let isWritten = session.writeMemory(at: 0, byte.span.bytes)
        #expect(!isWritten)
    }
}
