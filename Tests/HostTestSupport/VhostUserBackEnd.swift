// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc

/// A vhost-user back end in this process, for tests and benchmarks: the device's side of the socket and of both rings.
///
/// It does what it is told, one step after the other, and can be told what no honest back end would do. Addresses are
/// believed: the front end is the one that is tested.
public final class VhostUserBackEnd {
    public struct Request: Equatable {
        public var number: UInt32
        public var flags: UInt32
        public var payload: [UInt8]

        /// The word `index` of the payload, 32 bits.
        public func word(_ index: Int) -> Int { number(at: 4 * index, 4) }
        /// The number of 64 bits at byte `offset` of the payload.
        public func long(at offset: Int) -> UInt64 { UInt64(truncatingIfNeeded: number(at: offset, 8)) }

        private func number(at offset: Int, _ count: Int) -> Int {
            payload[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
    }

    /// One virtqueue as the front end described it.
    public struct Queue {
        public var size = 0
        public var descriptors: UInt64 = 0, used: UInt64 = 0, avail: UInt64 = 0
        public var kick: CInt = -1, call: CInt = -1
        public var isEnabled = false
        /// Next entries of the avail and of the used ring.
        public var nextAvail: UInt16 = 0, nextUsed: UInt16 = 0
        /// ``nextUsed`` when it called last, or asked whether to.
        public var signalled: UInt16 = 0
        /// Calls made.
        public var calls = 0
    }

    /// VERSION_1, PROTOCOL_FEATURES, EVENT_IDX, MRG_RXBUF, CSUM, GUEST_CSUM, and segmentation of TCP with ECN both ways.
    public static let allFeatures: UInt64 =
        1 << 32 | 1 << 30 | 1 << 29 | 1 << 15 | 0b11 | 0b111 << 7 | 0b111 << 11

    public var socket: CInt
    /// What it offers.
    public var features = VhostUserBackEnd.allFeatures
    /// REPLY_ACK.
    public var protocolFeatures: UInt64 = 1 << 3
    /// Requests that came, in their order.
    public private(set) var requests: [Request] = []
    public private(set) var accepted: UInt64 = 0
    public var queues = [Queue(), Queue()]
    public private(set) var memory: UnsafeMutableRawPointer?
    public private(set) var memoryLength = 0
    private var memoryAddress: UInt64 = 0
    /// Files that came: of the memory, and the kicks and calls of both queues.
    public private(set) var files: [CInt] = []

    /// - Parameter socket: connected to the front end; becomes this object's.
    public init(_ socket: CInt) {
        self.socket = socket
        kw_set_nonblocking(socket)
    }

    deinit { end() }

    /// Leaves.
    public func end() {
        if socket >= 0 { close(socket) }
        for file in files { close(file) }
        if let memory { munmap(memory, memoryLength) }
        (socket, files, memory) = (-1, [], nil)
        for index in queues.indices { (queues[index].kick, queues[index].call) = (-1, -1) }
    }

    // MARK: The socket

    /// The next request, if one is there.
    public func receive() -> Request? {
        var header = [UInt8](repeating: 0, count: 12)
        var passed = [CInt](repeating: -1, count: Int(KW_MESSAGE_DESCRIPTORS))
        var (count, isTruncated) = (CInt(0), false)
        guard kw_receive(socket, &header, 12, &passed, &count, &isTruncated) == 12 else { return nil }
        files += passed.prefix(Int(count))
        var request = Request(number: 0, flags: 0, payload: header)
        (request.number, request.flags) = (UInt32(request.word(0)), UInt32(request.word(1)))
        request.payload = [UInt8](repeating: 0, count: request.word(2))
        if !request.payload.isEmpty { _ = recv(socket, &request.payload, request.payload.count, 0) }
        requests.append(request)
        apply(request, passed.prefix(Int(count)).first ?? -1)
        return request
    }

    /// Sends bytes over the socket. How many went.
    @discardableResult
    public func reply(_ bytes: [UInt8]) -> Int { Glibc.send(socket, bytes, bytes.count, CInt(MSG_NOSIGNAL)) }

    /// An answer with a number of 64 bits.
    public static func answer(_ request: UInt32, _ value: UInt64) -> [UInt8] {
        [request, 0b101, 8].flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
            + (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    /// Does what an honest back end does with a request: answers what is to be answered.
    public func answer(_ request: Request) {
        switch request.number {
        case 1: reply(Self.answer(1, features))
        case 15: reply(Self.answer(15, protocolFeatures))
        default: if request.flags & 8 != 0 { reply(Self.answer(request.number, 0)) }
        }
    }

    /// Answers the requests that are there.
    public func serve() { while let request = receive() { answer(request) } }

    private func apply(_ request: Request, _ file: CInt) {
        switch request.number {
        case 2: accepted = request.long(at: 0)
        case 5: map(request, file)
        case 8: queues[request.word(0)].size = request.word(1)
        case 9:
            queues[request.word(0)].descriptors = request.long(at: 8)
            queues[request.word(0)].used = request.long(at: 16)
            queues[request.word(0)].avail = request.long(at: 24)
        case 12: queues[request.word(0)].kick = file
        case 13: queues[request.word(0)].call = file
        case 18: queues[request.word(0)].isEnabled = request.word(1) == 1
        default: break
        }
    }

    private func map(_ request: Request, _ file: CInt) {
        memoryAddress = request.long(at: 8)
        memoryLength = Int(request.long(at: 16))
        let place = mmap(nil, memoryLength, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        memory = place == MAP_FAILED ? nil : place
    }
}

// MARK: Rings

extension VhostUserBackEnd {
    /// Number of the queue that frames come to the front end by, and of that which they leave it by.
    public static let toFront = 0, fromFront = 1

    /// The memory at an address of the front end's.
    @inline(__always)
    public func place(_ address: UInt64) -> UnsafeMutableRawPointer { memory! + Int(address &- memoryAddress) }

    private var hasEventIndex: Bool { accepted & 1 << 29 != 0 }

    /// Entries of the avail ring that were not taken.
    @inline(__always)
    public func availCount(_ queue: Int) -> Int {
        Int(kw_load16_acquire(place(queues[queue].avail) + 2) &- queues[queue].nextAvail)
    }

    /// Takes the head of the next chain.
    @inline(__always)
    public func takeAvail(_ queue: Int) -> UInt16 {
        let entry = Int(queues[queue].nextAvail) % queues[queue].size
        queues[queue].nextAvail &+= 1
        return place(queues[queue].avail).load(fromByteOffset: 4 + 2 * entry, as: UInt16.self)
    }

    /// A descriptor: its memory, length, and the number of the next one, if there is.
    @inline(__always)
    public func descriptor(
        _ index: UInt16, of queue: Int
    ) -> (place: UnsafeMutableRawPointer, count: Int, next: UInt16?) {
        let entry = place(queues[queue].descriptors) + 16 * Int(index)
        let isLast = entry.load(fromByteOffset: 12, as: UInt16.self) & 1 == 0
        return (
            place(entry.load(as: UInt64.self)), Int(entry.load(fromByteOffset: 8, as: UInt32.self)),
            isLast ? nil : entry.load(fromByteOffset: 14, as: UInt16.self)
        )
    }

    /// Puts an entry into the used ring, without the index that makes it count.
    @inline(__always)
    public func use(_ head: UInt32, _ count: Int, _ queue: Int) {
        let entry = place(queues[queue].used) + 4 + 8 * (Int(queues[queue].nextUsed) % queues[queue].size)
        entry.storeBytes(of: head, as: UInt32.self)
        entry.storeBytes(of: UInt32(count), toByteOffset: 4, as: UInt32.self)
        queues[queue].nextUsed &+= 1
    }

    /// Lets the front end see what was used.
    @inline(__always)
    public func publish(_ queue: Int) { kw_store16_release(place(queues[queue].used) + 2, queues[queue].nextUsed) }

    /// Calls the front end if it wants that. Whether it did.
    @discardableResult
    public func call(_ queue: Int) -> Bool {
        kw_fence()
        let (now, before) = (queues[queue].nextUsed, queues[queue].signalled)
        let avail = place(queues[queue].avail)
        queues[queue].signalled = now
        if hasEventIndex {
            let event = kw_load16(avail + 4 + 2 * queues[queue].size)
            guard now &- event &- 1 < now &- before else { return false }
        } else {
            guard kw_load16(avail) & 1 == 0 else { return false }
        }
        signal(queue)
        return true
    }

    public func signal(_ queue: Int) {
        eventfd_write(queues[queue].call, 1)
        queues[queue].calls += 1
    }

    /// Whether the front end kicked since the last call.
    public func takeKick(_ queue: Int) -> Bool {
        var count: UInt64 = 0
        return read(queues[queue].kick, &count, 8) == 8
    }

    /// Sends a frame behind its header of 12 bytes, in as many buffers as it takes. False without buffers.
    @discardableResult
    public func send(_ frame: [UInt8], header: [UInt8] = [UInt8](repeating: 0, count: 10)) -> Bool {
        let length = 2048
        let buffers = (12 + frame.count + length - 1) / length
        guard availCount(Self.toFront) >= buffers else { return false }
        let bytes = header + [UInt8(buffers), 0] + frame
        for start in stride(from: 0, to: bytes.count, by: length) {
            let head = takeAvail(Self.toFront)
            let part = min(length, bytes.count - start)
            bytes.withUnsafeBytes {
                descriptor(head, of: Self.toFront).place.copyMemory(from: $0.baseAddress! + start, byteCount: part)
            }
            use(UInt32(head), part, Self.toFront)
        }
        return true
    }

    /// The next frame of the front end with its header of 12 bytes, if there is one.
    public func takeFrame() -> [UInt8]? {
        guard availCount(Self.fromFront) > 0 else { return nil }
        let head = takeAvail(Self.fromFront)
        defer { use(UInt32(head), 0, Self.fromFront) }
        return bytes(ofChain: head)
    }

    /// The frame of the front end, with its header of 12 bytes, in the chain that begins with `head`.
    public func bytes(ofChain head: UInt16) -> [UInt8] {
        var (bytes, index): ([UInt8], UInt16?) = ([], head)
        while let current = index {
            let part = descriptor(current, of: Self.fromFront)
            bytes += UnsafeRawBufferPointer(start: part.place, count: part.count)
            index = part.next
        }
        return bytes
    }
}
