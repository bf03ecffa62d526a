// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Rules of misuse")
struct LintRuleTests {
    static let cases =
        LintCase.accesses + LintCase.rings + LintCase.receive + LintCase.transmit + LintCase.interrupts
        + LintCase.mailbox + LintCase.resets + LintCase.eepromAndPHY + LintCase.filters

    @Test("report what breaks them, and nothing else of it", arguments: cases)
    func wrong(_ one: LintCase) {
        let bench = LintBench()
        one.wrong(bench)
        #expect(Set(bench.takeRules()) == [one.rule])
    }

    @Test("are silent on what is right", arguments: cases)
    func right(_ one: LintCase) {
        let bench = LintBench()
        one.right(bench)
        #expect(bench.lint.take().reports == [])
    }

    @Test("have a test each")
    func completeness() { #expect(Set(Self.cases.map(\.rule)) == Set(MisuseRule.allCases)) }

    @Test("say what is wrong, what would be right, and where that stands", arguments: MisuseRule.allCases)
    func definitions(_ rule: MisuseRule) {
        let definition = rule.definition
        #expect(!definition.title.isEmpty && !definition.advice.isEmpty && definition.section.first?.isNumber == true)
        #expect(rule.rawValue.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil)
        #expect(Lint.rulesMarkdown.contains("| `\(rule.rawValue)` |"))
    }

    @Test("are what docs/lint.md contains")
    func documentation() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let file = root.appending(path: "docs/lint.md").standardizedFileURL
        let isCurrent = try String(contentsOf: file, encoding: .utf8) == Lint.rulesMarkdown
        #expect(isCurrent, "docs/lint.md is out of date: make docs writes it anew")
    }
}
