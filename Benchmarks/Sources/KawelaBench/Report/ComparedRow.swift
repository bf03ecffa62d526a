// SPDX-License-Identifier: Apache-2.0

/// One row of a table with both cards. The ratio is above 1 where Kawela does better.
struct ComparedRow {
    var title, unit: String
    var kawela, igb: Samples
    /// Of the rounds.
    var ratio: Samples?
    var aim: Double

    var reachesAim: Bool { ratio.map { $0.median >= aim } ?? true }

    /// Markdown.
    var line: String {
        let cells = [unit.isEmpty ? title : "\(title), \(unit)", spread(kawela), spread(igb), quotient, aimText]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    private var aimText: String { ratio == nil ? "" : String(format: "%g", aim) }

    private var quotient: String {
        guard let ratio else { return "" }
        return spread(ratio) { reachesAim ? "**\($0)**" : $0 }
    }

    /// The median, marked, and the middle half; of a single sample, itself.
    private func spread(_ samples: Samples, marked mark: (String) -> String = { $0 }) -> String {
        guard samples.count > 0 else { return "" }
        let (lower, upper) = (figure(samples.quartiles.lower), figure(samples.quartiles.upper))
        let median = mark(figure(samples.median))
        return lower == upper ? median : "\(median) (\(lower) ... \(upper))"
    }
}

extension [ComparedRow] {
    /// A Markdown table; empty without rows.
    var table: String {
        guard !isEmpty else { return "" }
        return """
            | | Kawela | QEMU igb | times as good | aim |
            |---|--:|--:|--:|--:|
            \(map(\.line).joined(separator: "\n"))
            """
    }
}

// MARK: What was measured, as rows

extension ComparedRow {
    init(_ result: Row.Result) {
        let isClear = Contestant.allCases.allSatisfy { Samples(result[$0].perFrame).quartiles.lower > 0 }
        self.init(
            title: "\(result.name), per \(result.unit)", unit: "ns", kawela: Samples(result.kawela.perFrame),
            igb: Samples(result.igb.perFrame), ratio: isClear ? result.ratio : nil, aim: 1.5)
    }

    /// A whole batch, in microseconds.
    init(whole result: BatchRow.Result) {
        let microseconds = { (values: [Double]) in Samples(values.map { $0 / 1000 }) }
        self.init(
            title: "\(result.name), a batch of \(result.size)", unit: "us", kawela: microseconds(result.kawela.whole),
            igb: microseconds(result.igb.whole), ratio: result.wholeRatio, aim: result.size == 1 ? 1 : 1.5)
    }

    /// A frame, without the doorbell. One that takes less than the doorbell varies by has no ratio.
    init(frameOf result: BatchRow.Result) {
        let isClear = Contestant.allCases.allSatisfy { Samples(result[$0].perFrame).quartiles.lower > 0 }
        self.init(
            title: "\(result.name), \(result.size) at once, each", unit: "ns", kawela: Samples(result.kawela.perFrame),
            igb: Samples(result.igb.perFrame), ratio: isClear ? result.frameRatio : nil,
            aim: result.size == 1 ? 1 : 1.5)
    }

    init(_ result: AccessRow.Result) {
        let microseconds = { (values: [Double]) in Samples(values.map { $0 / 1000 }) }
        self.init(
            title: result.name, unit: "us", kawela: microseconds(result.kawela), igb: microseconds(result.igb),
            ratio: result.ratio, aim: 1)
    }

    /// - Parameter isAlone: the title says which machine it is.
    init(_ result: EndToEnd.Result, isAlone: Bool = false) {
        let row = result.row
        let hasBoth = !result.kawela.isEmpty && !result.igb.isEmpty
        let ratios = zip(result.kawela, result.igb).map { row.isTime ? $1 / $0 : $0 / $1 }
        self.init(
            title: isAlone ? "\(row.machine): \(row.title)" : row.title, unit: row.unit, kawela: Samples(result.kawela),
            igb: Samples(result.igb), ratio: hasBoth ? Samples(ratios) : nil,
            aim: row.isTranslated ? 0.5 : 1)
    }
}
