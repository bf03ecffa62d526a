// SPDX-License-Identifier: Apache-2.0

/// A rate or count in five characters at most: `0`, `0.50`, `12.3`, `999`, `1.20k`, `45.6M`. One of 10^18 or more is `huge`.
func short(_ number: Double) -> String {
    guard number.isFinite, number < 1e18 else { return "huge" }
    guard number >= 0.005 else { return "0" }
    var (value, units) = (number, ["", "k", "M", "G", "T", "P"][...])
    // What would be rounded to 1000 has the next unit.
    while value >= 999.5, units.count > 1 {
        value /= 1000
        units.removeFirst()
    }
    return digits(value, isWhole: number == number.rounded() && number < 999.5) + (units.first ?? "")
}

/// Three digits, the point among them.
private func digits(_ value: Double, isWhole: Bool) -> String {
    if isWhole || value >= 99.95 { return String(Int(value.rounded())) }
    let places = value >= 9.995 ? 1 : 2
    let scaled = Int((value * (places == 1 ? 10 : 100)).rounded())
    let (whole, fraction) = scaled.quotientAndRemainder(dividingBy: places == 1 ? 10 : 100)
    return "\(whole).\(padded(String(fraction), to: places, with: "0"))"
}

/// `text` at the right of `width` characters; longer text stays as it is.
func padded(_ text: String, to width: Int, with filler: Character = " ") -> String {
    String(repeating: filler, count: max(0, width - text.unicodeScalars.count)) + text
}
