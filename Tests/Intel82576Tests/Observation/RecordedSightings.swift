// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport

/// Keeps everything that an observer of frames is told.
final class RecordedSightings: FrameObserver {
    struct Entry {
        var sighting: FrameSighting
        /// Empty for a packet that is lost.
        var bytes: [UInt8]
    }

    let interest: FrameInterest
    private(set) var entries: [Entry] = []

    init(_ interest: FrameInterest = .everything) { self.interest = interest }

    func observe(_ sighting: FrameSighting, _ batch: borrowing FrameBatch, _ index: Int) {
        var bytes: [UInt8] = []
        batch.copy(.max, of: index, to: &bytes)
        entries.append(Entry(sighting: sighting, bytes: bytes))
    }

    func observe(lost sighting: FrameSighting) { entries.append(Entry(sighting: sighting, bytes: [])) }

    var places: [FrameSighting.Place] { entries.map(\.sighting.place) }

    /// What was seen of frames at `place`, in order.
    func sightings(_ place: FrameSighting.Place) -> [FrameSighting] {
        entries.map(\.sighting).filter { $0.place == place }
    }

    var drops: [FrameSighting] {
        entries.map(\.sighting).filter { if case .dropped = $0.place { true } else { false } }
    }

    /// Drops seen of which `isMeant`, by reason.
    func tally(_ isMeant: (FrameSighting) -> Bool = { _ in true }) -> [DropReason: UInt64] {
        var tally: [DropReason: UInt64] = [:]
        for drop in drops where isMeant(drop) {
            if case .dropped(let reason) = drop.place { tally[reason, default: 0] += 1 }
        }
        return tally
    }

    /// Counters of drops that are not what was seen, as text.
    func differences(from counters: [(name: String, value: UInt64)]) -> [String] {
        let reasons = Dictionary(uniqueKeysWithValues: DropReason.losses.map { ($0.name, $0) })
        let tally = tally()
        return counters.compactMap { name, value in
            guard let reason = reasons[name], value != tally[reason] ?? 0 else { return nil }
            return "\(name): \(value) counted, \(tally[reason] ?? 0) seen"
        }
    }
}

extension TestDriver {
    /// Begins to watch the frames of the port.
    func watch(_ interest: FrameInterest = .everything) -> RecordedSightings {
        let record = RecordedSightings(interest)
        port.frameObserver = record
        return record
    }
}
