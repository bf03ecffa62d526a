// SPDX-License-Identifier: Apache-2.0

/// Figures of one quantity, measured again and again.
struct Samples {
    private var sorted: [Double]

    init(_ values: [Double]) { sorted = values.sorted() }

    var count: Int { sorted.count }
    var minimum: Double { sorted.first ?? .nan }
    var median: Double { quantile(0.5) }
    /// The middle half.
    var quartiles: (lower: Double, upper: Double) { (quantile(0.25), quantile(0.75)) }

    /// 0 is the least, 1 the greatest.
    func quantile(_ part: Double) -> Double {
        guard let last = sorted.last else { return .nan }
        let place = part * Double(sorted.count - 1)
        let index = Int(place)
        guard index + 1 < sorted.count else { return last }
        return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
    }
}
