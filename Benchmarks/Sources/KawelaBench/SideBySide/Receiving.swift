// SPDX-License-Identifier: Apache-2.0

/// From a UNIX stream to a ring, each frame looked at there.
final class Receiving: Work {
    let frames = Driver.batch
    private let card: Card
    private let ring: ReceiveRing
    private let content: [[UInt8]]
    private let bytes: [UInt8]
    private let isHeldBack: Bool
    let emptyDoorbell: (offset: Int, value: UInt32)? = nil

    /// - Parameter isHeldBack: frames wait in the socket until all are there; else they are taken as they come.
    init(_ card: Card, length: Int, isHeldBack: Bool = true) throws {
        (self.card, self.isHeldBack) = (card, isHeldBack)
        content = (0..<Driver.batch).map { Frames.udp($0, length: length, to: Frames.card) }
        bytes = StreamSender.framed(content[...])
        ring = try ReceiveRing(card.driver)
    }

    func move(_ count: Int) throws -> Passage {
        ring.post(count)
        try card.write(ring.doorbell)
        let part = Array(bytes[..<(bytes.count / content.count * count)])
        let passage =
            try isHeldBack
            ? card.time(receiving: part, until: ring.status()) : card.time(sending: part, until: ring.status())
        try ring.check(content[..<count], isVerified: true)
        return passage.checked()
    }

    func finish() {}
}
