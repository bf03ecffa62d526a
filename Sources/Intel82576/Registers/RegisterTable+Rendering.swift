// SPDX-License-Identifier: Apache-2.0

extension RegisterTable {
    /// A row with what its neighbours make of it.
    package struct Line {
        package var spec: RegisterSpec
        /// `CTRL`, or `RAL[16-23]` for an array: the indices the row covers, counted through all rows of the name.
        var label: String
        package var firstIndex: Int
    }

    package static func lines(_ rows: [RegisterSpec]) -> [Line] {
        var counts: [RegisterName: Int] = [:]
        for row in rows { counts[row.name, default: 0] += row.count }
        var next: [RegisterName: Int] = [:]
        return rows.map { spec in
            let first = next[spec.name, default: 0]
            next[spec.name] = first + spec.count
            let indices = spec.count == 1 ? "[\(first)]" : "[\(first)-\(first + spec.count - 1)]"
            return Line(spec: spec, label: "\(spec.name)" + (counts[spec.name] == 1 ? "" : indices), firstIndex: first)
        }
    }

    static func hex(_ value: UInt32, digits: Int = 1) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return "0x" + String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// Where a VF sees the register; empty when the PF alone does.
    package static func virtualOffset(_ spec: RegisterSpec) -> String {
        spec.window.map { hex($0.offset, digits: 4) } ?? ""
    }

    /// What the register does, and what of it is missing or why it stays zero.
    static func description(_ spec: RegisterSpec) -> String {
        switch spec.coverage {
        case .partial: "\(spec.summary). Without effect: \(spec.gap)"
        case .zero: "\(spec.summary). Stays 0: \(spec.gap)"
        case .behaviour, .storage, .unimplemented, .absent: "\(spec.summary)"
        }
    }

    static func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// A table for a terminal, a row a line.
    package static func text(_ rows: [RegisterSpec] = physical) -> String {
        let lines = lines(rows)
        let width = (
            label: lines.map(\.label.count).max() ?? 0, file: rows.map { "\($0.file)".count }.max() ?? 0
        )
        let head = "\(pad("register", to: width.label))  offset   reset       access  coverage       section  "
        return lines.reduce(into: head + "\(pad("in", to: width.file))  what it does\n") { $0 += textLine($1, width) }
    }

    private static func textLine(_ line: Line, _ width: (label: Int, file: Int)) -> String {
        let spec = line.spec
        let cells = [
            pad(line.label, to: width.label), pad(hex(spec.offset, digits: 4), to: 7), hex(spec.reset, digits: 8),
            pad(spec.access.rawValue, to: 6), pad(spec.coverage.rawValue, to: 13), pad("\(spec.section)", to: 7),
            pad("\(spec.file)", to: width.file), description(spec),
        ]
        return cells.joined(separator: "  ") + "\n"
    }
}
