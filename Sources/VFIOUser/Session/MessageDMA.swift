// SPDX-License-Identifier: Apache-2.0

import Glibc
import PCIe
import SystemPackage

extension Session: FunctionHost {
    func sendMSIX(_ vector: Int) { msix.raise(vector) }
    func isMSIXPending(_ vector: Int) -> Bool { msix.isPending(vector) }
    func withdrawMSIX(_ vector: Int) { msix.withdraw(vector) }
    func sendMSI(_ vector: Int) { msi.raise(vector) }
    func setINTx(asserted: Bool) { intx.setLevel(asserted: asserted) }

    func memoryLost() { finish(.memoryLost) }

    var canWait: Bool { waitBudget.isAmple }

    func readMemory(at address: UInt64, into buffer: inout MutableRawSpan) -> Bool {
        guard let layout = memoryLayout(near: address) else { return false }
        var done = 0
        while done < buffer.byteCount {
            let count = min(requests.transferSize, buffer.byteCount - done)
            guard read(count, at: address &+ UInt64(done), layout, into: &buffer, from: done) else { return false }
            done += count
        }
        return true
    }

    func writeMemory(at address: UInt64, _ bytes: RawSpan) -> Bool {
        guard let layout = memoryLayout(near: address) else { return false }
        var done = 0
        while done < bytes.byteCount {
            let count = min(requests.transferSize, bytes.byteCount - done)
            let part = bytes.extracting(done..<(done + count))
            guard write(part, at: address &+ UInt64(done), layout) else { return false }
            done += count
        }
        return true
    }
}

// MARK: DMA_READ and DMA_WRITE

extension Session {
    private func read(
        _ count: Int, at address: UInt64, _ layout: MemoryDataLayout, into buffer: inout MutableRawSpan, from done: Int
    ) -> Bool {
        guard let reply = requestRead(MemoryAccess(address: address, count: UInt64(count))) else { return false }
        defer { removeReply(at: reply.offset) }
        guard isAccepted(reply), expect(reply, payload: MemoryAccess.size + count) else { return false }
        let start = reply.offset + Limits.headerSize + layout.dataOffset
        input.copy(at: start, count: count, to: &buffer, at: done)
        return true
    }

    private func write(_ data: RawSpan, at address: UInt64, _ layout: MemoryDataLayout) -> Bool {
        let id = requests.nextID()
        let size = MemoryAccess.size + data.byteCount
        guard let message = beginRequest(.dmaWrite, id, payload: size) else { return false }
        message.append(write: data, to: address, layout)
        guard let reply = awaitReply(to: id) else { return false }
        defer { removeReply(at: reply.offset) }
        return isAccepted(reply)
    }

    private func requestRead(_ access: MemoryAccess) -> Reply? {
        let id = requests.nextID()
        guard let message = beginRequest(.dmaRead, id, payload: MemoryAccess.size) else { return nil }
        message.append(access)
        return awaitReply(to: id)
    }

    private func beginRequest(_ command: Command, _ id: UInt16, payload: Int) -> ByteQueue? {
        guard end == nil, state == .running else { return nil }
        return beginMessage(
            Header(
                id: id, command: command.rawValue, size: UInt32(Limits.headerSize + payload), flags: .request))
    }

    /// QEMU refuses with ENODEV while the guest has not set the function's bus master bit.
    private func isAccepted(_ reply: Reply) -> Bool {
        if reply.isError {
            log.debug("DMA message refused: \(Errno(rawValue: CInt(truncatingIfNeeded: reply.header.error)))")
        }
        return !reply.isError
    }

    private func expect(_ reply: Reply, payload: Int) -> Bool {
        if reply.header.payloadSize == payload { return true }
        finish(.violation("DMA reply of the wrong size"))
        return false
    }

    /// Which layout the client uses; see ``MemoryDataLayout``. Nil when `address` cannot be read, or the client has kept the
    /// server waiting long enough.
    ///
    /// Found out once, by a read of 4 bytes whose count has an arbitrary marker for its high word. Who reads a 64-bit
    /// count refuses that as far too much. Who reads 32 bits answers with a copy of the request's fixed part, over whose
    /// marker the data has been written if it begins there. Should the memory hold the marker itself, which is as
    /// likely as guessing 32 bits, the wrong layout is chosen.
    private func memoryLayout(near address: UInt64) -> MemoryDataLayout? {
        guard end == nil, waitBudget.isLeft else { return nil }
        if requests.layout == nil { requests.layout = probeLayout(at: address & ~3) }
        return requests.layout
    }

    private func probeLayout(at address: UInt64) -> MemoryDataLayout? {
        let marker = UInt32.random(in: 1...UInt32.max)
        guard let reply = requestRead(MemoryAccess(address: address, count: UInt64(marker) << 32 | 4))
        else { return nil }
        defer { removeReply(at: reply.offset) }
        if !isAccepted(reply) {
            return [CInt(EINVAL), E2BIG].contains(CInt(truncatingIfNeeded: reply.header.error)) ? .standard : nil
        }
        guard expect(reply, payload: MemoryAccess.size + 4) else { return nil }
        let word = input.load(UInt32.self, at: reply.offset + Limits.headerSize + 12)
        return word == marker ? .standard : .packed
    }
}
