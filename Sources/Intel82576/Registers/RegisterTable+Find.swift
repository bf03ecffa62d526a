// SPDX-License-Identifier: Apache-2.0

extension RegisterTable {
    /// The registers of this chip that `text` names, in the order of ``RegisterName``; none when it names none.
    ///
    /// A name stands for all elements of an array, `TDT[3]` for one of them, `EITR*` for all names that begin so, and
    /// `0x3818` for the register at that offset of BAR 0, also when that is a legacy address. Case does not matter. Names
    /// that only a VF sees are found as well, with the elements that it sees.
    package static func find(_ text: String) -> [(name: RegisterName, element: Int)] {
        let text = text.uppercased()
        if text.hasPrefix("0X") { return at(UInt32(text.dropFirst(2), radix: 16)) }
        guard text.hasSuffix("]") else { return named(text).flatMap { name in elements(name).map { (name, $0) } } }
        guard let bracket = text.firstIndex(of: "["),
            let element = Int(text[text.index(after: bracket)...].dropLast())
        else { return [] }
        return named(text[..<bracket]).filter { elements($0).contains(element) }.map { ($0, element) }
    }

    private static func named(_ pattern: some StringProtocol) -> [RegisterName] {
        guard pattern.hasSuffix("*") else { return RegisterName.allCases.filter { "\($0)" == pattern } }
        return RegisterName.allCases.filter { "\($0)".hasPrefix(pattern.dropLast()) }
    }

    private static func at(_ offset: UInt32?) -> [(name: RegisterName, element: Int)] {
        guard let offset, offset % 4 == 0, let entry = RegisterMap.shared[Int(offset / 4)] else { return [] }
        return physical[Int(entry.row)].coverage == .absent ? [] : [(entry.name, Int(entry.element))]
    }

    private static func elements(_ name: RegisterName) -> Range<Int> { 0..<elementCounts[Int(name.rawValue)] }

    /// Indexed by the name's raw value; zero for registers that are not on this chip.
    private static let elementCounts: [Int] = {
        var counts = [Int](repeating: 0, count: RegisterName.allCases.count)
        for row in physical where row.coverage != .absent { counts[Int(row.name.rawValue)] += row.count }
        for row in virtual where counts[Int(row.name.rawValue)] == 0 { counts[Int(row.name.rawValue)] = row.count }
        return counts
    }()
}
