// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Kinds of interrupt by their index. 3 (error) and 4 (request) exist in the protocol but are not offered.
enum InterruptIndex: UInt32 {
    case intx = 0
    case msi = 1
    case msix = 2
}

/// DEVICE_GET_IRQ_INFO: u32 argsz, u32 flags, u32 index, u32 count.
struct InterruptInformation {
    static let size = 16
    let index: InterruptIndex

    /// The error and request indexes are refused rather than given a count of 0, because QEMU prints a warning for
    /// that and is silent about an error.
    init(_ request: Request) throws(Refusal) {
        try request.require(payload: Self.size)
        guard request.load(UInt32.self, at: 0) >= Self.size,
            let index = InterruptIndex(rawValue: request.load(UInt32.self, at: 8))
        else { throw Refusal(EINVAL) }
        self.index = index
    }

    /// Bit 0: signalled by eventfd; bit 1: maskable; bit 2: masks itself when signalled. "Not resizable" (bit 3) is
    /// left clear: single vectors can be bound while others are in use.
    private var flags: UInt32 { index == .intx ? 0b111 : 0b001 }

    func append(to bytes: ByteQueue, count: Int) {
        for word in [UInt32(Self.size), flags, index.rawValue, UInt32(count)] { bytes.append(word) }
    }
}

/// DEVICE_SET_IRQS: u32 argsz, u32 flags, u32 index, u32 start, u32 count; then a byte for each with ``Data/bool``.
struct SetInterrupts {
    enum Data: UInt32 {
        case none = 1
        case bool = 2
        case eventfd = 4
    }

    enum Action: UInt32 {
        case mask = 8
        case unmask = 16
        case trigger = 32
    }

    static let fixedSize = 20

    let index: InterruptIndex
    let data: Data
    let action: Action
    let start: Int
    let count: Int

    init(_ request: Request) throws(Refusal) {
        try request.require(payloadOfAtLeast: Self.fixedSize)
        let flags = request.load(UInt32.self, at: 4)
        guard request.load(UInt32.self, at: 0) >= Self.fixedSize, flags & ~0x3F == 0,
            let data = Data(rawValue: flags & 7), let action = Action(rawValue: flags & 0x38),
            let index = InterruptIndex(rawValue: request.load(UInt32.self, at: 8))
        else { throw Refusal(EINVAL) }
        (self.index, self.data, self.action) = (index, data, action)
        start = Int(request.load(UInt32.self, at: 12))
        count = Int(request.load(UInt32.self, at: 16))
        try checkLength(request)
    }

    /// QEMU leaves argsz at 20 and sends either a descriptor for each vector or none, which unbinds them.
    private func checkLength(_ request: Request) throws(Refusal) {
        try request.require(payload: Self.fixedSize + (data == .bool ? count : 0))
        let given = request.descriptors.count
        guard given == 0 || (data == .eventfd && given == count) else { throw Refusal(EINVAL) }
    }

    var disablesIndex: Bool { data == .none && action == .trigger && count == 0 }

    /// The vectors addressed, of `available` ones.
    func vectors(of available: Int) throws(Refusal) -> Range<Int> {
        guard count > 0, start <= available, count <= available - start else { throw Refusal(EINVAL) }
        return start..<(start + count)
    }

    /// Whether the request is meant for a vector, by its own data byte if it has one.
    func selects(_ vector: Int, in request: Request) -> Bool {
        data == .none || request.load(UInt8.self, at: Self.fixedSize + vector - start) != 0
    }
}
