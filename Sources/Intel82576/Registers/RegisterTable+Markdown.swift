// SPDX-License-Identifier: Apache-2.0

extension RegisterTable {
    /// The contents of `docs/registers.md`.
    package static var markdown: String {
        var text = introduction + coverageCounts
        for block in blocks {
            text += section("\(block.title)", block.rows, isVirtual: false) + fields("\(block.title)", block.rows)
        }
        return text + section("Seen by a virtual function", virtual, isVirtual: true)
    }

    private static let introduction = """
        # Registers

        Generated from the register types and the table in `Sources/Intel82576/Registers` by `make docs`; do not edit. A
        test compares the two.

        Offsets are those of BAR 0. *Also at* is a legacy address of the same register. *VF* is where a virtual function
        sees its own share of it. Access: RO read only, RW read and write, RC cleared by reading, W1C cleared by writing
        ones, W1S set by writing ones, WO reads as zero. Reset values come back with CTRL.RST, those marked with *F* only
        with a function level reset. *Section* is that of the 82576EB datasheet, revision 2.x; a chapter alone (8.14) has not
        been held against it. *In* is the file below `Sources/Intel82576` that does what the register does.

        The fields below each table are those of the registers above it. A VF's registers have the fields of the physical
        registers that they are windows on.

        - **behaviour**: does what the datasheet says.
        - **partial**: does what the datasheet says, but for what the row names.
        - **zero**: counts what cannot happen here, and stays 0.
        - **storage**: reads back what was written; a driver sees no other effect on the chip.
        - **unimplemented**: only stores so far, the chip does more.
        - **absent**: other parts have it, this chip does not; reads as zero.

        """

    private static var coverageCounts: String {
        var text = "\n| Coverage | Rows | Registers |\n|---|---:|---:|\n"
        for coverage in RegisterSpec.Coverage.allCases {
            let rows = physical.filter { $0.coverage == coverage }
            text += "| \(coverage.rawValue) | \(rows.count) | \(rows.reduce(0) { $0 + $1.count }) |\n"
        }
        return text
    }

    private static func section(_ title: String, _ rows: [RegisterSpec], isVirtual: Bool) -> String {
        let last = isVirtual ? "" : " VF | Section | In |"
        var text = "\n## \(title)\n\n"
        text += "| Register | Offset | Also at | Access | Writable | Reset | Coverage |\(last) What it does |\n"
        text += "|---|---|---|---|---|---|---|\(isVirtual ? "" : "---|---|---|")---|\n"
        for line in lines(rows) { text += row(line, isVirtual: isVirtual) }
        return text
    }

    /// The fields of a block's registers; rows of one name have the same.
    private static func fields(_ title: String, _ rows: [RegisterSpec]) -> String {
        var known: Set<RegisterName> = []
        let rows = rows.filter { !$0.fields.isEmpty && known.insert($0.name).inserted }
        guard !rows.isEmpty else { return "" }
        let head = "\n### Fields: \(title)\n\n| Register | Bits | Field | What it means |\n|---|---:|---|---|\n"
        return rows.reduce(into: head) { text, row in
            for field in row.fields {
                text += "| \(row.name) | \(bits(field.bits)) | \(field.name) | \(field.meaning) |\n"
            }
        }
    }

    /// `11:7`, or `6` for one bit.
    private static func bits(_ bits: ClosedRange<Int>) -> String {
        bits.count == 1 ? "\(bits.lowerBound)" : "\(bits.upperBound):\(bits.lowerBound)"
    }

    private static func row(_ line: Line, isVirtual: Bool) -> String {
        let spec = line.spec
        var cells = [
            line.label, address(spec.offset, spec.count, spec.stride, from: line.firstIndex),
            spec.aliasCount == 0 ? "" : address(spec.alias, spec.aliasCount, spec.aliasStride, from: line.firstIndex),
            spec.access.rawValue, writableBits(spec), reset(spec), spec.coverage.rawValue,
        ]
        if !isVirtual { cells += [virtualOffset(spec), "\(spec.section)", "\(spec.file)"] }
        cells.append(description(spec))
        return "| " + cells.joined(separator: " | ") + " |\n"
    }

    /// `0xC000 + 0x40n, n < 4`, with n the index in the whole array.
    private static func address(_ offset: UInt32, _ count: Int, _ stride: UInt32, from first: Int) -> String {
        guard count > 1 else { return hex(offset, digits: 4) }
        let index = first == 0 ? "n" : "(n-\(first))"
        return "\(hex(offset, digits: 4)) + \(stride < 10 ? "\(stride)" : hex(stride))\(index), n < \(first + count)"
    }

    private static func writableBits(_ spec: RegisterSpec) -> String {
        switch spec.writable {
        case 0: ""
        case .max: "all"
        default: hex(spec.writable)
        }
    }

    private static func reset(_ spec: RegisterSpec) -> String {
        guard spec.coverage != .absent, spec.access != .writeOnly else { return "" }
        return hex(spec.reset) + (spec.resetScope == .function ? " F" : "")
    }
}
