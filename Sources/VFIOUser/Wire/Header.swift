// SPDX-License-Identifier: Apache-2.0

/// The 16 bytes each message begins with.
struct Header: BitwiseCopyable {
    /// Chosen by the sender of a request; each side has its own.
    var id: UInt16
    var command: UInt16
    /// Bytes of the whole message.
    var size: UInt32
    var flags: Flags
    /// An errno value, in a reply with ``Flags/error``.
    var error: UInt32 = 0

    struct Flags: OptionSet, BitwiseCopyable {
        let rawValue: UInt32
        /// Bits 3:0 are the type; other values than 0 and 1 are reserved.
        static let typeMask: UInt32 = 0xF
        static let request = Flags([])
        static let reply = Flags(rawValue: 1)
        /// The request gets no reply, not even on error.
        static let noReply = Flags(rawValue: 0x10)
        static let error = Flags(rawValue: 0x20)
    }

    var type: UInt32 { flags.rawValue & Flags.typeMask }
    var isRequest: Bool { type == Flags.request.rawValue }
    var isReply: Bool { type == Flags.reply.rawValue }
    var wantsReply: Bool { !flags.contains(.noReply) }
    var payloadSize: Int { Int(size) - Limits.headerSize }

    /// Whether it is the header of a message of up to `largest` bytes.
    func isWellFormed(upTo largest: Int) -> Bool {
        size >= Limits.headerSize && size <= largest && (isRequest || isReply)
    }
}

extension Header {
    /// - Precondition: 16 bytes are queued at `offset`.
    @inline(__always)
    init(_ bytes: ByteQueue, at offset: Int) {
        id = bytes.load(UInt16.self, at: offset)
        command = bytes.load(UInt16.self, at: offset &+ 2)
        size = bytes.load(UInt32.self, at: offset &+ 4)
        flags = Flags(rawValue: bytes.load(UInt32.self, at: offset &+ 8))
        error = bytes.load(UInt32.self, at: offset &+ 12)
    }

    static func size(in bytes: ByteQueue, at offset: Int) -> Int { Int(bytes.load(UInt32.self, at: offset + 4)) }

    func append(to bytes: ByteQueue) {
        bytes.append(id)
        bytes.append(command)
        bytes.append(size)
        bytes.append(flags.rawValue)
        bytes.append(error)
    }
}
