// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostTestSupport

@testable import Backends
@testable import Intel82576

// What an input can have both sides do.

extension VhostUserScript {
    func step(_ code: UInt8) {
        switch code & 15 {
        case 0, 1: sendHonestly(code)
        case 2: useAnything(code)
        case 3: publishAnything(code)
        case 4: write(code)
        case 5: writeHeader()
        case 6, 7: send([1, 4, 32, 256][Int(code >> 4 & 3)], of: length(), isCut: code & 0x40 != 0)
        case 8: takeSent(code)
        case 9: receive()
        case 11: answer(code)
        case 12: serve()
        case 13: sendBytes(code)
        case 14: code & 0x10 != 0 ? connect() : leave()
        case 15: changeDescriptor(code)
        default: turn()
        }
    }

    /// Of a frame, that can leave.
    private func length() -> Int { min(max(Int(input.value16()), 1), maximumFrameLength) }

    // MARK: What an honest back end does

    /// Frames of one length in as many buffers as each takes, all of which the front end is told of.
    private func sendHonestly(_ code: UInt8) {
        let (count, kind) = ([1, 4, 64, 300][Int(code >> 4 & 3)], code >> 6)
        let length = Int(input.value16())
        let header: [UInt8] = [
            [UInt8](repeating: 0, count: 10), [1, 1, 54, 0, 0xB4, 5, 34, 0, 16, 0], [2, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            kind == 3 ? filled(input.take(10), 10) : [],
        ][Int(kind)]
        guard let peer, let memory = peer.memory else { return }
        let merges = peer.backEnd.accepted & 1 << 15 != 0
        let bytes = header + [0, 0] + filled([], merges ? length : min(length, 2036))
        for _ in 0..<count where peer.buffers.count >= (bytes.count + 2047) / 2048 { put(bytes, peer, memory) }
        peer.publish(0, peer.nextUsed[0], memory)
        peer.signal(0)
        turn()
    }

    /// `bytes` and as many more as make `count`: those of TCP over IPv4, and then of no meaning.
    private func filled(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
        var bytes = bytes
        while bytes.count < count { bytes.append(bytes.count == 46 ? 0x50 : UInt8(truncatingIfNeeded: bytes.count)) }
        return bytes
    }

    private func put(_ bytes: [UInt8], _ peer: VhostUserPeer, _ memory: UnsafeMutableRawPointer) {
        let layout = VirtqueueLayout(at: 0)
        let buffers = peer.buffers.prefix((bytes.count + 2047) / 2048)
        peer.buffers.removeFirst(buffers.count)
        bytes.withUnsafeBytes { bytes in
            for (index, buffer) in buffers.enumerated() {
                let part = min(2048, bytes.count - 2048 * index)
                let place = memory + layout.buffer(Int(buffer))
                place.copyMemory(from: bytes.baseAddress! + 2048 * index, byteCount: part)
                if index == 0 { place.storeBytes(of: UInt16(buffers.count), toByteOffset: 10, as: UInt16.self) }
                peer.use(0, UInt32(buffer), UInt32(part), memory)
            }
        }
    }

    /// Takes frames of the front end.
    private func takeSent(_ code: UInt8) {
        let count = Int(input.byte())
        guard let peer, let memory = peer.memory else { return }
        for _ in 0..<count {
            guard let head = peer.sends!.takeUnused() else { break }
            peer.use(1, UInt32(head), 0, memory)
        }
        if code & 0x10 == 0 { peer.publish(1, peer.nextUsed[1], memory) }
        if code & 0x20 == 0 { peer.signal(1) }
        turn()
    }

    // MARK: What another one does to the memory

    /// Fills an entry of a used ring, which counts later.
    private func useAnything(_ code: UInt8) {
        guard let peer, let memory = peer.memory else { return }
        let queue = Int(code >> 4 & 1)
        let head: UInt32 =
            switch code >> 5 & 3 {
            case 0: queue == 0 && !peer.buffers.isEmpty ? UInt32(peer.buffers.removeFirst()) : UInt32(input.byte())
            case 1: peer.lastUsed
            case 2: UInt32(input.value16())
            default: input.value32()
            }
        let choice = input.byte()
        let length: UInt32 =
            switch choice & 3 {
            case 0: 72
            case 1: UInt32(choice >> 2)
            case 2: 2040 + UInt32(choice >> 2)
            default: input.value32()
            }
        peer.use(queue, head, length, memory)
    }

    private func publishAnything(_ code: UInt8) {
        guard let peer, let memory = peer.memory else { return }
        let queue = Int(code >> 4 & 1)
        peer.publish(queue, peer.nextUsed[queue] &+ (code & 0x20 != 0 ? input.value16() : 0), memory)
        if code & 0x40 == 0 { peer.signal(queue) }
        turn()
    }

    /// Writes anywhere into a queue, also into one that is in use no more.
    private func write(_ code: UInt8) {
        let (place, bytes) = (Int(input.value16()), input.take(Int(input.byte() & 15) + 1))
        guard let target = code & 0x80 != 0 ? former : peer, let memory = target.memory else { return }
        let layout = target.layout(Int(code >> 6 & 1))
        let start = [layout.descriptorTable, layout.availRing, layout.usedRing, layout.buffer(0)][Int(code >> 4 & 3)]
        let offset = start + place % (code >> 4 & 3 == 3 ? layout.end - start : 4096)
        if offset < layout.availRing, code & 0x40 != 0 { target.sends!.isTableIntact = false }
        for (index, byte) in bytes.enumerated() where offset + index < layout.end {
            memory.storeBytes(of: byte, toByteOffset: offset + index, as: UInt8.self)
        }
    }

    /// Puts the header of a frame into the buffer that is used next.
    private func writeHeader() {
        let header = filled(input.take(12), 12)
        guard let peer, let memory = peer.memory, let buffer = peer.buffers.first else { return }
        let place = memory + VirtqueueLayout(at: 0).buffer(Int(buffer))
        header.withUnsafeBytes { place.copyMemory(from: $0.baseAddress!, byteCount: 12) }
    }

    // MARK: What it does to the socket and its descriptors

    private func serve() {
        peer?.serve()
        turn()
    }

    /// Answers a request, or one that did not come.
    private func answer(_ code: UInt8) {
        guard let peer else { return }
        let asked = peer.receive().flatMap { peer.answer(to: $0) }
        var answer = asked ?? VhostUserPeer.Answer(number: UInt32(input.byte() & 31))
        switch code >> 4 & 7 {
        case 0: break
        case 1: answer.value = input.value64()
        case 2: answer.number = UInt32(input.byte())
        case 3: answer.flags = UInt32(input.byte())
        case 4: answer.size = UInt32(input.value16())
        case 5: answer.value ^= 1 << UInt64(input.byte() & 63)
        case 6: return peer.sendOthers(Array(answer.message.prefix(Int(input.byte() & 31))), files: [])
        default: peer.send(answer)
        }
        peer.send(answer)
        if code & 0x80 == 0 { turn() }
    }

    private func sendBytes(_ code: UInt8) {
        let bytes = input.take(Int(input.byte()))
        peer?.sendOthers(bytes, files: [CInt](repeating: Self.file, count: Int(code >> 4)))
        turn()
    }

    /// Has an event both have block, fills it, or signals it.
    private func changeDescriptor(_ code: UInt8) {
        guard let peer, peer.memory != nil else { return }
        let queue = peer.backEnd.queues[Int(code >> 4 & 1)]
        let file = code & 0x20 != 0 ? queue.kick : queue.call
        switch code >> 6 {
        case 0 where !peer.mayBlock: eventfd_write(file, .max - 1)
        case 1 where !peer.mayBlock:
            peer.mayBlock = true
            eventfd_write(queue.kick, .max - 1)
            _ = fcntl(file, F_SETFL, 0)
        case 2: peer.signal(0)
        default: peer.signal(1)
        }
        turn()
    }
}

// MARK: Rings

extension VhostUserPeer {
    func layout(_ queue: Int) -> VirtqueueLayout {
        queue == 0 ? VirtqueueLayout(at: 0) : VirtqueueLayout(at: VirtqueueLayout(at: 0).end)
    }

    /// Fills the next entry of a used ring.
    func use(_ queue: Int, _ head: UInt32, _ length: UInt32, _ memory: UnsafeMutableRawPointer) {
        let entry = memory + layout(queue).usedEntry(nextUsed[queue])
        entry.storeBytes(of: head, as: UInt32.self)
        entry.storeBytes(of: length, toByteOffset: 4, as: UInt32.self)
        nextUsed[queue] &+= 1
        lastUsed = head
    }

    /// Has the entries before `index` count.
    func publish(_ queue: Int, _ index: UInt16, _ memory: UnsafeMutableRawPointer) {
        kw_store16_release(memory + layout(queue).usedIndex, index)
    }

    /// Calls the front end, unless that could block.
    func signal(_ queue: Int) { if !mayBlock { eventfd_write(backEnd.queues[queue].call, 1) } }
}
