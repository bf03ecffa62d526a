// SPDX-License-Identifier: Apache-2.0

/// The characters that bars and sparklines are made of.
struct Glyphs: Sendable {
    /// Of a sparkline, from nothing to the highest rate.
    let levels: [String]
    let filled: String
    let empty: String

    static let blocks = Glyphs(levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"], filled: "█", empty: "░")
    /// For terminals without Unicode.
    static let ascii = Glyphs(levels: ["_", ".", "-", ":", "=", "+", "*", "#"], filled: "#", empty: ".")

    /// A sparkline. Each rate is drawn against the highest; what is not known is blank.
    func sparkline(_ rates: [Double?]) -> String {
        let highest = rates.compactMap { $0 }.max() ?? 0
        return rates.map { rate in
            guard let rate else { return " " }
            guard rate > 0, highest > 0 else { return levels[0] }
            return levels[1 + min(levels.count - 2, Int(rate / highest * Double(levels.count - 2)))]
        }.joined()
    }

    /// A bar of `width` characters, of which `share`, 0 to 1, is filled. It is empty for nothing alone, and full for all.
    func bar(_ share: Double, width: Int) -> String {
        let count = share <= 0 ? 0 : share >= 1 ? width : min(max(1, Int(share * Double(width))), width - 1)
        return String(repeating: filled, count: count) + String(repeating: empty, count: width - count)
    }
}
