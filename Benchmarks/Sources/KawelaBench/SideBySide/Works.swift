// SPDX-License-Identifier: Apache-2.0

import Foundation
import Intel82576
import KawelaGuest

/// From a ring to the wire. Every descriptor has to come back with DD; the card's counter and, with a TAP, the kernel's
/// have to agree with what was sent.
final class Sending: Work {
    let frames: Int
    private let card: Card
    private let ring: TransmitRing
    private let batch: TransmitBatch
    private let isLarge: Bool
    private var sent = 0
    private var kernelCount = 0
    var emptyDoorbell: (offset: Int, value: UInt32)? { ring.doorbell }

    /// - Parameter repeats: how often a full batch has the same frames; more for work so small that a batch of a ring's usual
    ///   size would not stand out from the doorbell.
    convenience init(_ card: Card, length: Int, options: UInt64 = 0, repeats: Int = 1) throws {
        let frames = (0..<Driver.batch).map { Frames.udp($0, length: length, isComplete: options == 0) }
        let batch = try TransmitBatch(frames, options: options, in: card.driver.memory)
        try self.init(card, batch.repeated(repeats), isLarge: false)
    }

    convenience init(large card: Card) throws {
        let packets = (0..<Driver.batch / 3).map(Frames.largeTCP)
        try self.init(card, try TransmitBatch(large: packets, in: card.driver.memory), isLarge: true)
    }

    private init(_ card: Card, _ batch: TransmitBatch, isLarge: Bool) throws {
        (self.card, self.batch, self.isLarge, frames) = (card, batch, isLarge, batch.packets)
        ring = try TransmitRing(card.driver, size: max(Driver.ringSize, batch.descriptors.count + 16))
        ring.post([TransmitBatch.context(isLarge: isLarge)])
        try card.write(ring.doorbell)
        _ = try count()
        kernelCount = try countOfKernel()
    }

    func move(_ count: Int) throws -> Passage {
        let descriptors = count * batch.pieces
        ring.post(batch.descriptors.prefix(descriptors))
        let passage = try card.time(ring.doorbell, until: [ring.status()])
        try ring.checkDone(batch, descriptors)
        sent += count
        return passage.checked()
    }

    /// GPTC, or TSCTC for segmented packets: of those GPTC counts the segments, where it follows the datasheet.
    private func count() throws -> Int {
        Int(try isLarge ? card.driver.read(TSCTC.self).raw : card.driver.read(GPTC.self).raw)
    }

    func finish() throws {
        let counted = try count()
        guard counted == sent else { throw BenchError("\(card.contestant) counts \(counted) of \(sent) frames") }
        guard card.namespace != nil else { return }
        let arrived = try countOfKernel() - kernelCount
        guard arrived == sent else {
            throw BenchError("\(card.contestant): the kernel got \(arrived) of \(sent) frames")
        }
    }

    private func countOfKernel() throws -> Int {
        let file = "/sys/class/net/\(Namespace.tap)/statistics/rx_packets"
        return Int(try card.namespace?.execute("cat \(file)").filter(\.isNumber) ?? "0") ?? 0
    }
}

/// From pool 0 to pool 1 of one card, each frame looked at where it arrives.
final class PoolToPool: Work {
    let frames = Driver.batch
    private let card: Card
    private let transmit: TransmitRing
    private let receive: ReceiveRing
    private let content: [[UInt8]]
    private let batch: TransmitBatch
    var emptyDoorbell: (offset: Int, value: UInt32)? { transmit.doorbell }

    init(_ card: Card, length: Int) throws {
        self.card = card
        content = (0..<Driver.batch).map {
            Frames.udp($0, length: length, to: Frames.pool(1), from: Frames.pool(0))
        }
        try card.driver.enablePools(2)
        batch = try TransmitBatch(content, in: card.driver.memory)
        transmit = try TransmitRing(card.driver, queue: 0)
        receive = try ReceiveRing(card.driver, queue: 1)
    }

    func move(_ count: Int) throws -> Passage {
        receive.post(count)
        try card.write(receive.doorbell)
        transmit.post(batch.descriptors.prefix(count))
        let passage = try card.time(transmit.doorbell, until: [receive.status(), transmit.status()])
        try transmit.checkDone(batch, count)
        try receive.check(content[..<count], isVerified: false)
        return passage.checked()
    }

    func finish() {}
}
