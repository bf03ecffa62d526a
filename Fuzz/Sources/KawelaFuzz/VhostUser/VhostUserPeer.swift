// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostTestSupport

@testable import Backends

/// One connection of a back end that need not be honest, and what may be expected of its front end.
final class VhostUserPeer {
    /// What it offers, by bits that say what it does not.
    struct Shape {
        let code: UInt8

        var features: UInt64 {
            let without: [UInt64] = [1 << 29, 1 << 15, 1 << 30, 1, 0b10]
            return without.enumerated().reduce(VhostUserBackEnd.allFeatures) { features, bit in
                code >> (bit.offset + 1) & 1 != 0 ? features & ~bit.element : features
            }
        }

        var protocolFeatures: UInt64 { code & 0x40 != 0 ? 0 : 1 << 3 }
        /// It begins by a script.
        var isScripted: Bool { code & 1 != 0 }
    }

    /// An answer as it was sent.
    struct Answer {
        var number: UInt32
        var flags: UInt32 = 0b101
        var size: UInt32 = 8
        var value: UInt64 = 0

        var message: [UInt8] { bytes(number, flags, size, value) }

        /// Whether a front end can go on with it.
        /// - Parameter isFirst: the request is the first one, for features.
        func answers(_ request: VhostUserBackEnd.Request, isFirst: Bool) -> Bool {
            guard number == request.number, flags & 7 == 0b101, size == 8 else { return false }
            return request.flags & 8 != 0 ? value == 0 : !isFirst || value & 1 << 32 != 0
        }
    }

    let backEnd: VhostUserBackEnd
    /// Errors that the front end had counted before.
    let errorsBefore: UInt64
    /// Models of both queues, from the moment that the memory is known.
    var receives: ReceiveModel?
    var sends: TransmitModel?
    /// Buffers that it may use, in their order.
    var buffers = Array(0..<UInt16(VirtqueueLayout.size))
    /// Its next entries of both used rings.
    var nextUsed: [UInt16] = [0, 0]
    /// The head that it used last.
    var lastUsed: UInt32 = 0
    /// It has made a descriptor block that both have.
    var mayBlock = false
    /// The front end was seen to have left.
    var isOver = false
    private var answers: [Answer] = []
    /// It has sent bytes that are no answers, or not whole ones.
    private var hasSentOthers = false
    private var sentBytes = 0

    init(_ socket: CInt, _ shape: Shape, errors: UInt64) {
        backEnd = VhostUserBackEnd(socket)
        (backEnd.features, backEnd.protocolFeatures) = (shape.features, shape.protocolFeatures)
        errorsBefore = errors
    }

    /// The memory, once it is known with all that tells where the queues are.
    var memory: UnsafeMutableRawPointer? { receives == nil ? nil : backEnd.memory }

    // MARK: The socket

    /// The next request. With the kick descriptors of both queues all is known of them.
    func receive() -> VhostUserBackEnd.Request? {
        let request = backEnd.receive()
        if receives == nil, backEnd.memory != nil, backEnd.queues.allSatisfy({ $0.kick >= 0 }) {
            receives = ReceiveModel(merges: backEnd.accepted & 1 << 15 != 0)
            sends = TransmitModel()
            checkAddresses()
        }
        return request
    }

    private func checkAddresses() {
        let layouts = [VirtqueueLayout(at: 0), VirtqueueLayout(at: VirtqueueLayout(at: 0).end)]
        for (queue, layout) in zip(backEnd.queues, layouts) {
            let start = VirtqueueDescriptor.memoryAddress
            require(queue.size == VirtqueueLayout.size, "a queue of \(queue.size) descriptors")
            require(
                [queue.descriptors, queue.avail, queue.used].map { Int($0 &- start) }
                    == [layout.descriptorTable, layout.availRing, layout.usedRing], "a queue lies elsewhere")
        }
        require(layouts[1].end <= backEnd.memoryLength, "the queues are longer than their memory")
    }

    /// The right answer to a request; `nil` when there is none.
    func answer(to request: VhostUserBackEnd.Request) -> Answer? {
        switch request.number {
        case 1: Answer(number: 1, value: backEnd.features)
        case 15: Answer(number: 15, value: backEnd.protocolFeatures)
        default: request.flags & 8 != 0 ? Answer(number: request.number) : nil
        }
    }

    func send(_ answer: Answer) {
        answers.append(answer)
        send(answer.message)
    }

    func sendOthers(_ bytes: [UInt8], files: [CInt]) {
        hasSentOthers = true
        send(bytes, files: files)
    }

    func send(_ bytes: [UInt8], files: [CInt] = []) {
        guard !bytes.isEmpty else { return }
        var bytes = bytes
        let sent = bytes.withUnsafeMutableBytes { buffer in
            var part = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
            return kw_send(backEnd.socket, &part, 1, files, CInt(files.count))
        }
        if sent > 0 { sentBytes += sent }
    }

    /// Answers what there is as it should be.
    func serve() { while let request = receive() { if let answer = answer(to: request) { send(answer) } } }

    // MARK: What the front end must make of it

    private var asked: [VhostUserBackEnd.Request] { backEnd.requests.filter { answer(to: $0) != nil } }

    /// Nothing was sent but right answers to what was asked.
    var isHonest: Bool { !hasSentOthers && answers.count <= asked.count && !isWrong }

    /// A request was answered, and wrongly.
    var isWrong: Bool {
        !hasSentOthers && zip(answers, asked).enumerated().contains { !$1.0.answers($1.1, isFirst: $0 == 0) }
    }

    /// The front end says that all is agreed.
    func checkAgreement() {
        while receive() != nil {}
        require(receives != nil, "a front end agrees before it has sent everything")
        require(hasSentOthers || answers.count >= asked.count, "a front end agrees without an answer")
    }

    /// There is something that nobody asked for. Asked once all is agreed.
    var hasSpoken: Bool { sentBytes > asked.count * VhostUserMessage.answerLength }

    /// The front end has closed the socket.
    var isLeft: Bool {
        var entry = pollfd(fd: backEnd.socket, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLHUP) != 0
    }
}
