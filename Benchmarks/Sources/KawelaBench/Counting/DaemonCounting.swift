// SPDX-License-Identifier: Apache-2.0

import CBench
import CKawela
import Foundation
import Glibc
import Intel82576

/// System calls and sleeps of `kawela serve` for what a client asks of it. Neither depends on how fast the machine is: each
/// thing asked for is waited for, and the next one comes when the daemon has gone to sleep.
struct DaemonCounting {
    struct Cost: Codable, Equatable {
        /// System calls.
        var calls: Double
        /// Voluntary context switches: how often a thread went to sleep, and so had to be woken.
        var sleeps: Double
    }

    private struct Operation {
        var name: String
        /// How many of what the name says it is.
        var count = 1
        var run: () throws -> Void
    }

    private static let rounds = 25, repeats = 8
    private let daemon: CountedDaemon
    private let client: RawClient
    private let function: RawFunction
    private let event = eventfd(0, CInt(EFD_CLOEXEC))

    /// By name, and which calls they are, for people.
    static func measure() throws -> [(name: String, cost: Cost, calls: String)] {
        let counting = try DaemonCounting()
        defer { counting.daemon.close() }
        return try counting.operations().map { try counting.measure($0) }
    }

    private init() throws {
        daemon = try CountedDaemon()
        (function, client) = (daemon.function, daemon.function.client)
    }

    private func measure(_ operation: Operation) throws -> (name: String, cost: Cost, calls: String) {
        func round() throws -> Double {
            let before = try daemon.sleeps()
            for _ in 0..<Self.repeats {
                try operation.run()
                try daemon.settle()
            }
            return Double(try daemon.sleeps() - before)
        }
        _ = try round()
        // What else the machine does adds a sleep here and there, and takes none away.
        let sleeps = Samples(try (0..<Self.rounds).map { _ in try round() }).minimum
        let calls = try daemon.calls { for _ in 0..<Self.rounds { _ = try round() } }
        let repeats = Double(Self.repeats * operation.count)
        let each = { (count: Int) in Double(count) / repeats / Double(Self.rounds) }
        let common = calls.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.filter { each($0.value) >= 0.02 }
        return (
            operation.name,
            Cost(calls: rounded(each(calls.values.reduce(0, +))), sleeps: rounded(sleeps / repeats)),
            common.map { "\($0.key) \(figure(each($0.value)))" }.joined(separator: ", ")
        )
    }

    private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

    // MARK: Operations

    private func operations() throws -> [Operation] {
        let (transmit, receive) = (try CountedTransmit(function), try CountedReceive(function, of: daemon))
        return [
            Operation(name: "register read") { [client] in
                _ = try client.read(RawFunction.offset(PVTSTATUS.self))
            },
            Operation(name: "doorbell of 1 frame") { try transmit.send(1) },
            Operation(name: "doorbell of 32 frames") { try transmit.send(32) },
            Operation(name: "received batch of 1 frame") { try receive.receive(1) },
            Operation(name: "received batch of 32 frames") { try receive.receive(32) },
            try mapping(pairs: 1, name: "DMA_MAP and DMA_UNMAP of a page"),
            try mapping(pairs: 32, name: "DMA_MAP and DMA_UNMAP of a page, 32 pairs at once"),
            try interrupts(transmit),
        ]
    }

    /// Pages of a file of their own, above the memory that the rings are in.
    private func mapping(pairs: Int, name: String) throws -> Operation {
        let (first, page) = (UInt64(1) << 32, UInt64(4096))
        return Operation(name: name, count: pairs) { [client, function, daemon] in
            for pair in 0..<UInt64(pairs - 1) {
                let address = first + pair * page
                client.post(.dmaMap, RawClient.map(address, page), descriptors: [function.file])
                client.post(.dmaUnmap, RawClient.unmap(address, page))
            }
            // The answers to the last pair say that all before it is done.
            try client.call(.dmaMap, RawClient.map(first, page), descriptors: [function.file])
            if pairs == 1 { try daemon.settle() }
            try client.call(.dmaUnmap, RawClient.unmap(first, page))
        }
    }

    /// A frame whose completion is told by MSI-X: an eventfd that the client waits for.
    private func interrupts(_ transmit: CountedTransmit) throws -> Operation {
        var isEnabled = false
        return Operation(name: "doorbell of 1 frame, and its MSI-X message") { [event, function] in
            if !isEnabled { try function.enableInterrupt(event) }
            isEnabled = true
            try transmit.send(1)
            var entry = pollfd(fd: event, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, 5000) == 1 else { throw BenchError("no message by MSI-X") }
            var count: UInt64 = 0
            _ = read(event, &count, 8)
        }
    }
}

/// The transmit ring of a ``RawFunction``, with frames for the wire.
private final class CountedTransmit {
    private let function: RawFunction
    private var tail = 0

    init(_ function: RawFunction) throws {
        self.function = function
        function.write(Frames.udp(0, length: 60, from: function.mac), at: 0x8_0000)
        try function.startTransmit()
    }

    /// Rings once for `count` frames, and waits until the last is done.
    func send(_ count: Int) throws {
        var last = 0
        for _ in 0..<count {
            last = tail
            function.store(0x8_0000, RawFunction.data(60), at: tail * 16)
            tail = (tail + 1) % RawFunction.ringCount
        }
        function.tail(0, tail)
        guard cb_wait_for_bits(function.memory + last * 16 + 12, 1, 5_000_000_000) else {
            throw BenchError("a frame is not sent")
        }
    }
}

/// The receive ring of a ``RawFunction``, and the wire that leads to it.
private final class CountedReceive {
    private let function: RawFunction
    private let wire: StreamSender
    private let frame: [UInt8]
    private let settle: () throws -> Void
    private var next = 0

    init(_ function: RawFunction, of daemon: CountedDaemon) throws {
        (self.function, wire, settle) = (function, daemon.wire, daemon.settle)
        frame = Frames.udp(0, length: 60, to: function.mac, from: Frames.outside)
        try function.startReceive()
    }

    /// Sends `count` frames at once, waits until the last is there, and gives their buffers back.
    func receive(_ count: Int) throws {
        try wire.send(StreamSender.framed(Array(repeating: frame, count: count)[...]))
        let ring = RawFunction.receiveRing
        let last = (next + count - 1) % RawFunction.ringCount
        guard cb_wait_for_bits(function.memory + ring + last * 16 + 8, 1, 5_000_000_000) else {
            throw BenchError("a frame does not arrive")
        }
        try settle()
        for _ in 0..<count {
            let buffer = UInt64(RawFunction.receiveBuffers + next * 2048)
            function.store(buffer, UInt64(0), at: ring + next * 16)
            next = (next + 1) % RawFunction.ringCount
        }
        let tail = (next + RawFunction.ringCount - 1) % RawFunction.ringCount
        function.client.post(RawFunction.offset(RDT.self), UInt32(tail))
    }
}
