// SPDX-License-Identifier: Apache-2.0

/// A request of the front end, as it goes over the socket.
///
/// - Specification: the vhost-user protocol, "Message Specification". Numbers have the host's byte order.
struct VhostUserMessage {
    /// What the back end says to it.
    enum Answer {
        case none
        /// A number of 64 bits.
        case value
        /// 0 if it was done, to a request that asks for that (VHOST_USER_PROTOCOL_F_REPLY_ACK).
        case acknowledgement
    }

    static let headerLength = 12
    private static let version: UInt32 = 1
    private static let isReply: UInt32 = 1 << 2
    private static let needsReply: UInt32 = 1 << 3

    let request: VhostUserRequest
    var payload: [UInt8] = []
    /// Open files that go with it.
    var files: [CInt] = []
    var answer = Answer.none

    init(_ request: VhostUserRequest, _ words: [UInt32] = [], files: [CInt] = [], answer: Answer = .none) {
        self.request = request
        (self.files, self.answer) = (files, answer)
        for word in words { append(word) }
    }

    init(_ request: VhostUserRequest, value: UInt64, files: [CInt] = []) {
        self.request = request
        self.files = files
        append(value)
    }

    mutating func append<Number: FixedWidthInteger>(_ number: Number) { payload += Self.bytes(of: number) }

    /// Header and payload.
    var bytes: [UInt8] {
        let flags = Self.version | (answer == .acknowledgement ? Self.needsReply : 0)
        return [request.rawValue, flags, UInt32(payload.count)].flatMap(Self.bytes) + payload
    }

    private static func bytes<Number: FixedWidthInteger>(of number: Number) -> [UInt8] {
        (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number.littleEndian >> ($0 * 8)) }
    }

    // MARK: Answers

    /// Bytes of an answer with a number of 64 bits.
    static let answerLength = headerLength + 8

    /// The number in `bytes`, an answer to this request; `nil` when it is none.
    func value(inAnswer bytes: [UInt8]) -> UInt64? {
        guard bytes.count == Self.answerLength, Self.number(bytes[0..<4]) == UInt64(request.rawValue),
            Self.number(bytes[4..<8]) & 7 == UInt64(Self.version | Self.isReply), Self.number(bytes[8..<12]) == 8
        else { return nil }
        return Self.number(bytes[12..<20])
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
