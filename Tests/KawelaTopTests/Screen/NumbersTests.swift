// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KawelaTop

@Suite struct NumbersTests {
    private static let texts: [(Double, String)] = [
        (0, "0"), (0.004, "0"), (0.005, "0.01"), (0.5, "0.50"), (1, "1"), (9.99, "9.99"), (9.996, "10.0"),
        (12.34, "12.3"), (99.96, "100"), (999, "999"), (999.4, "999"), (999.5, "1.00k"), (1000, "1.00k"),
        (1234, "1.23k"),
        (45_678_901, "45.7M"),
        (999_499, "999k"), (999_500, "1.00M"), (1e9, "1.00G"), (1.5e12, "1.50T"), (1e15, "1.00P"), (9.9e17, "990P"),
        (1e18, "huge"), (.infinity, "huge"), (.nan, "huge"), (-5, "0"),
    ]

    @Test(arguments: texts)
    func haveThreeDigits(_ number: Double, _ text: String) { #expect(short(number) == text) }

    @Test func fitTheirColumnsWhateverTheyAre() {
        for exponent in stride(from: -4.0, to: 30, by: 0.001) { #expect(short(.exp10(exponent)).count <= 5) }
    }
}

extension Double {
    fileprivate static func exp10(_ exponent: Double) -> Double {
        var (result, rest) = (1.0, exponent)
        while rest >= 1 { (result, rest) = (result * 10, rest - 1) }
        while rest < 0 { (result, rest) = (result / 10, rest + 1) }
        return result * (1 + rest * 9)
    }
}
