// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostSystem

@testable import VFIOUser

/// A client's end of a connection, in memory: what it sends waits in pieces, each with descriptors, and what it receives
/// is looked at. Requests of the server are answered as the input says.
final class ClientTransport: Transport {
    let descriptor: CInt = -1
    var hasHungUp = false
    /// Chooses the answers to requests of the server.
    var answers = Input([])
    /// Requests of the server that were seen.
    private(set) var requests = 0
    private var pieces: [(bytes: [UInt8], descriptors: [CInt])] = []
    private var output: [UInt8] = []
    /// Data bytes that a message of the server may have.
    var transferSize = Limits.transferSize
    /// Sends that are taken before the socket is full; it stays full then.
    var room = Int.max

    /// Queues bytes, and duplicates of `descriptors` with the first of them.
    func send(_ bytes: [UInt8], _ descriptors: [CInt] = []) {
        if !bytes.isEmpty { pieces.append((bytes, descriptors)) }
    }

    var isEmpty: Bool { pieces.isEmpty }

    func receive(into queue: ByteQueue, _ descriptors: inout [Descriptor]) -> ReceiveResult {
        guard let piece = pieces.first else { return hasHungUp ? .ended : .nothing }
        let count = min(piece.bytes.count, queue.room)
        for byte in piece.bytes.prefix(count) { queue.append(byte) }
        for file in piece.descriptors { descriptors.append(Descriptor(dup(file))) }
        if count == piece.bytes.count {
            pieces.removeFirst()
        } else {
            pieces[0] = (Array(piece.bytes.dropFirst(count)), [])
        }
        return piece.descriptors.count > Limits.descriptorsPerMessage ? .tooManyDescriptors : .received
    }

    func send(_ count: Int, from queue: ByteQueue) -> SendResult {
        guard room > 0 else { return .wouldBlock }
        room -= 1
        output += queue.bytes(at: 0, count: count)
        queue.removeFirst(count)
        while let message = nextMessage() { check(message) }
        return .sent(count)
    }

    func wait(forWriting: Bool, for duration: Duration) -> Bool { !pieces.isEmpty || (forWriting && room > 0) }

    // MARK: What the server says

    private func nextMessage() -> [UInt8]? {
        guard output.count >= Limits.headerSize else { return nil }
        let size = Int(output.integer(at: 4, width: 4))
        let limit = Limits.messageSize(transferSize)
        require(size >= Limits.headerSize && size <= limit, "the server sends a message of \(size) bytes")
        guard output.count >= size else { return nil }
        defer { output.removeFirst(size) }
        return Array(output[0..<size])
    }

    private func check(_ message: [UInt8]) {
        let flags = message.integer(at: 8, width: 4)
        require(flags & 0xF <= 1, "the server sends a message of type \(flags & 0xF)")
        guard flags & 0xF == 0 else { return }
        let command = Command(rawValue: UInt16(message.integer(at: 2, width: 2)))
        require(command == .dmaRead || command == .dmaWrite, "the server requests \(message[2])")
        requests += 1
        answer(message, isRead: command == .dmaRead)
    }

    /// Answers rightly, mostly.
    private func answer(_ request: [UInt8], isRead: Bool) {
        let code = answers.byte()
        if code == 255 { return }
        let count = Int(request.integer(at: 24, width: 4))
        var payload = Array(request[16..<32])
        if isRead { payload += (0..<min(count, Limits.transferSize)).map { _ in answers.byte() } }
        if code >= 250 { payload.removeLast(Int(code) - 249) }
        var reply = Array(request[0..<4]) + bytes(UInt32(16 + payload.count), UInt32(1), UInt32(0)) + payload
        if code >= 240, code < 250 { reply = Array(request[0..<4]) + bytes(UInt32(16), UInt32(0x21), UInt32(code)) }
        if code >= 230, code < 240 { reply[0] ^= code }
        pieces.insert((reply, []), at: 0)
    }
}

/// Little-endian bytes of integers, one after the other.
func bytes<each Value: FixedWidthInteger>(_ values: repeat each Value) -> [UInt8] {
    var result: [UInt8] = []
    for value in repeat each values {
        result += (0..<(value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
    return result
}

extension [UInt8] {
    func integer(at offset: Int, width: Int) -> UInt64 {
        (0..<width).reduce(0) { $0 | UInt64(self[offset + $1]) << UInt64(8 * $1) }
    }
}
