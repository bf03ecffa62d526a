// SPDX-License-Identifier: Apache-2.0

// What a port says of itself to those who run it. Nothing here changes anything.

/// One direction of a queue.
package struct QueueStatus: Equatable, Sendable {
    /// TXDCTL.ENABLE or RXDCTL.ENABLE, and a ring.
    package var isEnabled: Bool
    /// Descriptors in the ring.
    package var size: Int
    /// Descriptors that are the chip's: frames to send, or free buffers.
    package var pending: Int
    package var activity: QueueActivity
}

package struct LinkStatus: Equatable, Sendable {
    package var isUp: Bool
    /// In Mb/s.
    package var speed: Int
    package var isFullDuplex: Bool
    /// The uplink has a carrier.
    package var hasCarrier: Bool
}

extension Port {
    package var linkStatus: LinkStatus {
        let link = deviceControl.link
        return LinkStatus(
            isUp: link.isUp, speed: link.speed.rawValue, isFullDuplex: link.isFullDuplex, hasCarrier: uplink.isLinkUp)
    }

    /// VFs that exist now.
    package var enabledVFs: Int { functions.enabledCount }

    /// The function that owns `queue`: 0 for the PF, v + 1 for VF v.
    package func owner(ofQueue queue: Int) -> Int { functions.owners.owner(of: queue) }

    /// - Precondition: `queue` is 0 to 15.
    package func transmitStatus(_ queue: Int) -> QueueStatus {
        QueueStatus(
            registers[TXDCTL.self, queue].isEnabled, registers.transmitRing(queue), transmit.activity[queue])
    }

    /// - Precondition: `queue` is 0 to 15.
    package func receiveStatus(_ queue: Int) -> QueueStatus {
        QueueStatus(registers[RXDCTL.self, queue].isEnabled, registers.receiveRing(queue), receive.activity[queue])
    }

    /// Frames that `function` lost, sent or to be received, by reason: those of which any were. 0 for the PF, v + 1 for VF v.
    package func drops(ofFunction function: Int) -> [(reason: DropReason, frames: UInt64)] {
        DropReason.losses.map { ($0, drops[$0, function: function]) }.filter { $0.frames > 0 }
    }

    /// Frames that `queue` lost, sent or to be received, by reason: those of which any were.
    package func drops(ofQueue queue: Int) -> [(reason: DropReason, frames: UInt64)] {
        DropReason.losses.map { ($0, drops[$0, queue: queue]) }.filter { $0.frames > 0 }
    }

    /// Interrupts that `function` has sent: 0 for the PF, v + 1 for VF v.
    package func interruptCount(of function: Int) -> UInt64 { interruptCounts[function] }

    /// The first address that leads to `function`: the PF's station address, or the one its driver gave to VF v; `nil` while
    /// there is none.
    package func address(of function: Int) -> MACAddress? {
        if function == 0 { return MACAddress(registers[RAL.self].raw, registers[RAH.self]) }
        for index in 0..<RAH.count where registers[RAH.self, index].pools == 1 &<< PoolSet(function - 1) {
            if let address = MACAddress(registers[RAL.self, index].raw, registers[RAH.self, index]) { return address }
        }
        return nil
    }

    /// The statistics registers by name, those of 64 bits whole. Unlike a driver's read this clears nothing.
    package var statistics: [(name: String, value: UInt64)] {
        statisticsWords.map { name, word, isWide in
            let high = isWide ? UInt64(registers[word: word + 1]) : 0
            return (name, high << 32 | UInt64(registers[word: word]))
        }
    }
}

extension QueueStatus {
    fileprivate init(_ isEnabled: Bool, _ ring: Ring?, _ activity: QueueActivity) {
        self.init(
            isEnabled: isEnabled && ring != nil, size: ring?.count ?? 0, pending: ring?.available ?? 0,
            activity: activity)
    }
}

extension MACAddress {
    /// `nil` while the entry is not valid.
    fileprivate init?(_ low: UInt32, _ high: RAH) {
        guard high.isValid else { return nil }
        let bytes = UInt64(high.raw & 0xFFFF) << 32 | UInt64(low)
        self.init(value: bytes.byteSwapped >> 16)
    }
}

/// The statistics registers that count anything, with the word of each.
private let statisticsWords: [(name: String, word: Int, isWide: Bool)] = {
    let counting = RegisterTable.statistics.filter { $0.count == 1 && [.behaviour, .partial].contains($0.coverage) }
    let names = Set(counting.map { "\($0.name)" })
    return counting.compactMap { spec in
        let (name, stem) = ("\(spec.name)", String("\(spec.name)".dropLast()))
        if name.hasSuffix("H"), names.contains(stem + "L") { return nil }
        let isWide = name.hasSuffix("L") && names.contains(stem + "H")
        return (isWide ? stem : name, Int(spec.offset) / 4, isWide)
    }
}()

/// What is set for a pool.
package struct PoolStatus: Equatable, Sendable {
    /// The tag that its frames get, whatever its driver asks for (VMVIR).
    package var insertedTag: UInt16?
    /// Its source addresses are checked (DTXSWC).
    package var checksAddresses: Bool
    /// What its first queue may send, in Mb/s; 0 for no limit.
    package var rate: Int
}

extension Port {
    /// - Precondition: `pool` is 0 to 7.
    package func poolStatus(_ pool: Int) -> PoolStatus {
        let insertion = registers[VMVIR.self, pool]
        return PoolStatus(
            insertedTag: insertion.policy == .always ? insertion.tag : nil,
            checksAddresses: registers[DTXSWC.self].checksMAC & 1 &<< PoolSet(pool) != 0,
            rate: transmit.rates.megabits(of: pool, at: deviceControl.link.speed))
    }
}
