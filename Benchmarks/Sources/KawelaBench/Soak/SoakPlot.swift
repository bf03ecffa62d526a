// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Lines over time, a panel for each quantity, as SVG that reads on light and on dark pages.
struct SoakPlot {
    struct Panel {
        var title: String
        var isLogarithmic: Bool
        var lines: [(name: String, values: [Double])]

        init(_ title: String, isLogarithmic: Bool = false, _ lines: [(String, [Double])]) {
            (self.title, self.isLogarithmic, self.lines) = (title, isLogarithmic, lines)
        }
    }

    var minutes: [Double]
    var panels: [Panel]
    private static let left = 60.0, width = 720.0, height = 110.0, step = 160.0, top = 34.0

    private var last: Double { max(1, minutes.last ?? 1) }

    var svg: String {
        let total = Self.top + Self.step * Double(panels.count) + 4
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 820 \(Int(total))" font-family="system-ui, sans-serif" font-size="13">
            <title>What kawela holds, and how long it takes to answer, while everything happens to it</title>
            <style>
            text { fill: #24292f } .soft { fill: #57606a } .grid { stroke: #d0d7de }
            polyline { fill: none; stroke-width: 1.5 } .s0 { stroke: #1f7a8c } .s1 { stroke: #bc4c00 } .s2 { stroke: #8c959f }
            .t0 { fill: #1f7a8c } .t1 { fill: #bc4c00 } .t2 { fill: #8c959f }
            @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3 } .soft { fill: #9198a1 } .grid { stroke: #3d444d }
            .s0 { stroke: #4fb3c8 } .s1 { stroke: #f0883e } .t0 { fill: #4fb3c8 } .t1 { fill: #f0883e }
            }
            </style>
            \(panels.enumerated().map { panel($1, top: Self.top + Self.step * Double($0)) }.joined(separator: "\n"))
            </svg>

            """
    }

    private func panel(_ panel: Panel, top: Double) -> String {
        let scale = Scale(panel)
        let bottom = top + Self.height
        func y(_ value: Double) -> Double { bottom - Self.height * scale.place(of: value) }
        let grid = scale.marks.map { mark in
            """
            <line x1="\(f(Self.left))" x2="\(f(Self.left + Self.width))" y1="\(f(y(mark)))" y2="\(f(y(mark)))" class="grid"/>
            <text x="\(f(Self.left - 6))" y="\(f(y(mark) + 4))" text-anchor="end" class="soft" font-size="11">\(text(mark))</text>
            """
        }
        let lines = panel.lines.enumerated().map { index, line in
            let points = zip(minutes, line.values).map { "\(f(x($0))),\(f(y($1)))" }.joined(separator: " ")
            return "<polyline points=\"\(points)\" class=\"s\(index)\"/>"
        }
        let names = panel.lines.enumerated().map { index, line in
            "<tspan class=\"t\(index)\" dx=\"10\">\(line.name)</tspan>"
        }
        return """
            <text x="\(f(Self.left))" y="\(f(top - 10))">\(panel.title)\(names.joined())</text>
            \((grid + lines).joined(separator: "\n"))
            <text x="\(f(Self.left))" y="\(f(bottom + 16))" class="soft" font-size="11">0</text>
            <text x="\(f(Self.left + Self.width))" y="\(f(bottom + 16))" text-anchor="end" class="soft" font-size="11">\(text(last.rounded())) min</text>
            """
    }

    private func x(_ minute: Double) -> Double { Self.left + Self.width * minute / last }
    private func f(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
    private func text(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : String(format: "%g", value)
    }

    /// From nothing to a round number above all, or over powers of ten.
    private struct Scale {
        var marks: [Double]
        private var isLogarithmic: Bool

        init(_ panel: Panel) {
            let values = panel.lines.flatMap(\.values).filter { $0.isFinite && $0 > 0 }
            let (least, most) = (values.min() ?? 1, values.max() ?? 1)
            isLogarithmic = panel.isLogarithmic
            if isLogarithmic {
                let first = Int(log10(least).rounded(.down))
                marks = (first...max(first + 1, Int(log10(most).rounded(.up)))).map { pow(10, Double($0)) }
            } else {
                let unit = pow(10, log10(most).rounded(.down))
                let top = ([1, 2, 3, 4, 5, 6, 8, 10].first { $0 * unit >= most } ?? 10) * unit
                marks = [0, top / 2, top]
            }
        }

        /// 0 at the bottom, 1 at the top.
        func place(of value: Double) -> Double {
            guard let low = marks.first, let high = marks.last, value.isFinite else { return 0 }
            guard isLogarithmic else { return value / high }
            return (log10(max(value, low)) - log10(low)) / (log10(high) - log10(low))
        }
    }
}
