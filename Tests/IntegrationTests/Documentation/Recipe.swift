// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// The commands of a Markdown file, in order, with what the file says they print: the lines of its blocks ```` ```console ````.
/// A comment `<!-- terminal: NAME -->` before a block says in which terminal, or setting, it is typed.
struct Recipe {
    struct Step {
        /// Of the first line of the command in the file.
        let line: Int
        let chapter: String
        let terminal: String
        /// Whether it is typed in a guest: the prompt is `root@NAME:~#`.
        let isInGuest: Bool
        var command: String
        /// Lines that have to come, in this order; `...` in one stands for anything.
        var expected: [String] = []
    }

    let steps: [Step]

    /// - Parameter path: of the file, from the repository's root.
    init(_ path: String) throws {
        self.init(text: try String(contentsOfFile: Artifacts.repository + "/" + path, encoding: .utf8))
    }

    init(text: String) {
        var reader = RecipeReader()
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) { reader.read(String(line)) }
        steps = reader.steps
    }

    /// The commands below the heading `## name`, or before the first heading of that kind if it is empty.
    func steps(of chapter: String) -> [Step] { steps.filter { $0.chapter == chapter } }

    /// Those that have commands.
    var chapters: Set<String> { Set(steps.map(\.chapter)) }
}

extension Recipe.Step {
    /// The first of the expected lines that `output` does not have behind those before it.
    func missing(in output: String) -> String? {
        var rest = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
        for line in expected {
            guard let index = rest.firstIndex(where: { matches($0, line) }) else { return line }
            rest = line == "..." ? rest : rest[(index + 1)...]
        }
        return nil
    }

    private func matches(_ line: String, _ expected: String) -> Bool {
        var rest = line[...]
        for (number, part) in expected.components(separatedBy: "...").enumerated() where !part.isEmpty {
            guard let range = rest.range(of: part), number > 0 || range.lowerBound == rest.startIndex else {
                return false
            }
            rest = rest[range.upperBound...]
        }
        return expected.hasSuffix("...") || rest.isEmpty
    }
}

private struct RecipeReader {
    var steps: [Recipe.Step] = []
    private var chapter = ""
    private var terminal = "host"
    private var isInside = false
    private var continues = false
    private var number = 0

    mutating func read(_ line: String) {
        number += 1
        if line.hasPrefix("```") {
            if isInside { terminal = "host" }
            isInside = line == "```console"
        } else if isInside {
            readInside(line)
        } else if line.hasPrefix("## ") {
            chapter = String(line.dropFirst(3))
        } else if let match = line.wholeMatch(of: /<!-- terminal: (\w+) -->/) {
            terminal = String(match.1)
        }
    }

    private mutating func readInside(_ line: String) {
        if continues {
            steps[steps.count - 1].command += "\n" + line
            continues = line.hasSuffix("\\")
        } else if let match = line.wholeMatch(of: /(?:\$|root@\w+:~#) (.+)/) {
            steps.append(
                .init(
                    line: number, chapter: chapter, terminal: terminal, isInGuest: line.hasPrefix("root@"),
                    command: String(match.1)))
            continues = line.hasSuffix("\\")
        } else if !steps.isEmpty {
            steps[steps.count - 1].expected.append(line)
        }
    }
}
