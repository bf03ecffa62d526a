// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// The comments of a capture as options of pcapng blocks, kept for the frames to come: most are like one before them.
struct CaptureComments {
    private static let slots = 128
    /// Of 32 bits, the option's header among them.
    private static let wordsOfSlot = 128
    private static let longestText = 4 * (wordsOfSlot - 1)

    /// What a comment was made of.
    private struct Key: Equatable {
        var sighting: FrameSighting
        var left: FrameBatch.Offload
    }

    private var keys = [Key?](repeating: nil, count: slots)
    private var counts = [Int](repeating: 0, count: slots)
    /// Options, one in each slot.
    private(set) var words = [UInt32](repeating: 0, count: slots * wordsOfSlot)

    /// Where in ``words`` the comment of a frame is.
    /// - Parameter left: work that is left to do in the frame.
    mutating func words(of sighting: FrameSighting, left: FrameBatch.Offload) -> Range<Int> {
        let slot = sighting.commentSlot & (Self.slots - 1)
        let key = Key(sighting: sighting, left: left)
        if keys[slot] != key { make(key, slot) }
        let start = slot * Self.wordsOfSlot
        return start..<start + counts[slot]
    }

    private mutating func make(_ key: Key, _ slot: Int) {
        let option = Pcapng.comment(key.sighting.comment(left: key.left), longest: Self.longestText)
        keys[slot] = key
        counts[slot] = option.count
        words.replaceSubrange(slot * Self.wordsOfSlot..<slot * Self.wordsOfSlot + option.count, with: option)
    }
}

extension FrameSighting {
    /// A number that differs for most sightings with different comments.
    fileprivate var commentSlot: Int {
        var number: Int
        switch place {
        case .arrived: number = 0
        case .sent: number = 1
        case .left: number = 2
        case .received: number = 3
        case .dropped(let reason): number = 4 + reason.rawValue
        }
        number = number &* 37 &+ (queue ?? 16)
        number = number &* 5 &+ (sender ?? pool ?? 8)
        if let transmit { number = number &+ transmit.segment &* 7 }
        if case .rss(let hash, _) = receive?.rule { number = number &+ Int(hash &>> 3) }
        return number
    }
}
