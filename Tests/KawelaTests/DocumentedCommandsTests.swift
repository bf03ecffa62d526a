// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Testing

@testable import kawela

@Suite("Commands in the documents")
struct DocumentedCommandsTests {
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// All that a user reads, from the repository's root.
    static let documents: [String] = {
        let all = FileManager.default.enumerator(atPath: repository.path)
        var found: [String] = []
        while let path = all?.nextObject() as? String {
            if path.hasPrefix(".build") { all?.skipDescendants() }
            if path.hasSuffix(".md"), path != "CHANGELOG.md" { found.append(path) }
        }
        return found.sorted()
    }()

    @Test("are ones that kawela takes", arguments: documents)
    func parse(_ path: String) throws {
        let text = try String(contentsOf: Self.repository.appending(path: path), encoding: .utf8)
        for command in commands(in: text) {
            #expect(throws: Never.self, "\(path): kawela \(command.joined(separator: " "))") {
                _ = try Kawela.parseAsRoot(command)
            }
        }
    }

    @Test("are found where they stand")
    func find() {
        let text = """
            Text with kawela serve in it.

                sudo kawela serve --socket /tmp/k.sock \\
                    --uplink 'tap:tap0' 2> log &
                qemu $(kawela qemu-args --socket /tmp/k.sock) ...

            ```console
            $ X=1 kawela counters --json | less
            kawela: an error
            ```
            """
        #expect(
            commands(in: text) == [
                ["serve", "--socket", "/tmp/k.sock", "--uplink", "tap:tap0"], ["qemu-args", "--socket", "/tmp/k.sock"],
                ["counters", "--json"],
            ])
        #expect(Self.documents.contains("README.md") && Self.documents.contains("docs/operations.md"))
    }

    /// The words after `kawela` of each command in a block of code, or with words in a sentence.
    private func commands(in text: String) -> [[String]] {
        var isFenced = false
        let sentences = DocumentedCommand.all(in: text, except: []).filter { $0.place == .sentence }
        // Not what shows how commands are made.
        var code = sentences.map(\.text).filter { !$0.contains(/\[|\.\.\.|METHOD/) }.map { $0 + "\n" }.joined()
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isFenced.toggle()
            } else if isFenced || line.hasPrefix("    ") {
                code += line + "\n"
            }
        }
        let joined = code.replacing(/\s*\\\n\s*/, with: " ")
        let starts = /(?:^\s*(?:\$ )?(?:sudo )?(?:\w+=\S+ )*|[|(;&]\s*)(?:[\w.\/]+\/)?kawela ([a-z][^\n|;&()<>#]*)/
        return joined.matches(of: starts.anchorsMatchLineEndings()).map { words(of: String($0.1)) }
            // What kawela prints may begin with its name too.
            .filter { words in words.allSatisfy { !$0.hasSuffix(",") } }
    }

    /// As a shell takes a line apart, without what a document leaves out, the descriptor of a redirection, and what is said of
    /// the command behind two blanks.
    private func words(of line: String) -> [String] {
        let whole = line.replacing(/\ {2,}.*$/, with: "").replacing(/\ 2$/, with: "").replacing(/\ \.\.\./, with: "")
        return whole.matches(of: /'([^']*)'|"([^"]*)"|(\S+)/).map { String($0.1 ?? $0.2 ?? $0.3 ?? "") }
    }
}
