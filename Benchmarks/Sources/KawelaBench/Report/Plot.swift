// SPDX-License-Identifier: Apache-2.0

/// Bars of the ratios, as SVG that reads on light and on dark pages.
struct Plot {
    private let rows: [Row.Result]
    private static let labels = 330.0, bars = 340.0, step = 30.0, top = 34.0

    init(_ rows: [Row.Result]) { self.rows = rows }

    private var scale: Double { Self.bars / max(2, rows.map(\.ratio.quartiles.upper).max() ?? 1) }

    var svg: String {
        let height = Self.top + Self.step * Double(rows.count) + 30
        let one = Self.labels + scale
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 820 \(Int(height))" font-family="system-ui, sans-serif" font-size="13">
            <title>How many times as long QEMU's igb takes as Kawela</title>
            <style>
            text { fill: #24292f } .soft { fill: #57606a } .line { stroke: #8c959f } .bar { fill: #1f7a8c } .less { fill: #bc4c00 }
            @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3 } .soft { fill: #9198a1 } .line { stroke: #656c76 } .bar { fill: #4fb3c8 } .less { fill: #f0883e }
            }
            </style>
            <text x="\(Int(Self.labels))" y="18" class="soft">time of QEMU's igb, Kawela's being 1</text>
            \(rows.enumerated().map { bar($0, $1) }.joined(separator: "\n"))
            <line x1="\(f(one))" x2="\(f(one))" y1="\(f(Self.top - 6))" y2="\(f(height - 24))" class="line" stroke-dasharray="3 3"/>
            <text x="\(f(one))" y="\(f(height - 8))" text-anchor="middle" class="soft">1</text>
            </svg>

            """
    }

    private func bar(_ index: Int, _ row: Row.Result) -> String {
        let y = Self.top + Self.step * Double(index)
        let ratio = row.ratio
        let width = scale * ratio.median
        let (lower, upper) = (Self.labels + scale * ratio.quartiles.lower, Self.labels + scale * ratio.quartiles.upper)
        let times = "\(figure(Samples(row.igb.perFrame).median)) / \(figure(Samples(row.kawela.perFrame).median)) ns"
        return """
            <text x="\(f(Self.labels - 10))" y="\(f(y + 15))" text-anchor="end">\(short(row.name))</text>
            <rect x="\(f(Self.labels))" y="\(f(y))" width="\(f(width))" height="20" rx="2" class="\(ratio.median < 1 ? "less" : "bar")"/>
            <line x1="\(f(lower))" x2="\(f(upper))" y1="\(f(y + 10))" y2="\(f(y + 10))" class="line" stroke-width="2"/>
            <text x="\(f(max(Self.labels + width, upper) + 8))" y="\(f(y + 15))"><tspan font-weight="600">\(figure(ratio.median))</tspan><tspan class="soft" dx="8" font-size="11">\(times)</tspan></text>
            """
    }

    /// A label that fits.
    private func short(_ name: String) -> String {
        name.replacing(" cut into 1448 B segments in software", with: ", cut in software")
            .replacing(" with IP and UDP checksum", with: " with checksums").replacing(
                ", checksums verified", with: ", verified")
    }

    private func f(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
