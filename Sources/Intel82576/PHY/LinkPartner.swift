// SPDX-License-Identifier: Apache-2.0

/// The other end of the cable: it offers every speed in both duplex modes, and symmetric pause.
enum LinkPartner {
    /// What register 5 shows once auto-negotiation is complete, with the acknowledge bit.
    static let advertisement = Advertisement(raw: 0x45E1)

    /// The best mode that both ends have, or with low power link-up the slowest; `nil` if there is none.
    ///
    /// - Specification: IEEE 802.3, annex 28B.3.
    static func resolve(_ offer: Advertisement, _ gigabit: GigabitControl, prefersSlow: Bool) -> Link? {
        let common = Advertisement(raw: offer.raw & advertisement.raw)
        let modes: [(isCommon: Bool, speed: LinkSpeed, isFullDuplex: Bool)] = [
            (gigabit.hasFullDuplex, .megabits1000, true), (gigabit.hasHalfDuplex, .megabits1000, false),
            (common.has100FullDuplex, .megabits100, true), (common.has100HalfDuplex, .megabits100, false),
            (common.has10FullDuplex, .megabits10, true), (common.has10HalfDuplex, .megabits10, false),
        ]
        let shared = modes.filter(\.isCommon)
        let speed = (prefersSlow ? shared.last : shared.first)?.speed
        return shared.first { $0.speed == speed }.map {
            Link(isUp: true, speed: $0.speed, isFullDuplex: $0.isFullDuplex)
        }
    }

    /// Register 10: 1000BASE-T status. Bits 13 and 12 say that both receivers work, 11 and 10 are the partner's modes.
    static func gigabitStatus(_ link: Link) -> UInt16 { link.isUp && link.speed == .megabits1000 ? 0x3C00 : 0x0C00 }
}
