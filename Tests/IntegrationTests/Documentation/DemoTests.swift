// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension Integration {
    @Suite("The demo")
    struct DemoTests {
        @Test("prints what README.md says, but for figures", .timeLimit(.minutes(5)))
        func demo() throws {
            let run = try Run()
            defer { run.close() }
            try expectDemo(in: run.execute([try Artifacts.program("kawela-demo")], seconds: 240))
        }
    }
}

/// Expects that `output` ends with what README.md says the demo prints, but for figures of measurements.
func expectDemo(in output: String) throws {
    let promised = try Recipe("README.md").steps(of: "")
    let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
    let demo = lines.drop { !$0.hasPrefix("# ") }.joined(separator: "\n")
    let printed = Recipe(text: "```console\n\(demo)```").steps
    #expect(printed.map(\.command) == promised.map(\.command), "\(output)")
    for (printed, promised) in zip(printed, promised) {
        #expect(comparable(printed) == comparable(promised), "\(promised.command)")
    }
}

/// What a command prints, without blanks at the end, and of a measurement without the figures.
private func comparable(_ step: Recipe.Step) -> [String] {
    let measures = step.command.hasPrefix("iperf3") || step.command.hasPrefix("kawela counters")
    return step.expected.map { line in
        let line = line.replacing(/\s+$/, with: "")
        guard measures else { return line }
        return line.replacing(/\s+/, with: " ").replacing(/\d+(\.\d+)?/, with: "N")
            .replacing(/[KMG](?=Bytes|bits)/, with: "")
    }
}
