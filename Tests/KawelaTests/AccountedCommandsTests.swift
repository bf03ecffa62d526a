// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Commands in what users read that are not kawela's own, which DocumentedCommandsTests has.
@Suite("Commands of others in the documents")
struct AccountedCommandsTests {
    /// Those that make a document of commands, whole, and the test that runs them: it names the document.
    private static let whole = [
        "docs/install.md": "Tests/IntegrationTests/Packages/BuiltPackages.swift",
        "docs/libvirt.md": "Tests/IntegrationTests/Libvirt/Manual.swift",
        "docs/networks.md": "Tests/IntegrationTests/Networks/NetworkRecipeTests.swift",
    ]

    private static let read =
        ["README.md"]
        + [
            "coming-from-igb", "compatibility", "control", "faq", "kubernetes", "lint", "network-boot", "observability",
            "operations", "trace", "troubleshooting", "tutorial",
        ].map { "docs/\($0).md" }

    /// What users need not read; commands there are the repository's own.
    private static let forDevelopers = ["architecture", "defects", "performance", "registers", "security", "upstream"]
        .map {
            "docs/\($0).md"
        }

    /// What indented blocks begin with that are files, or what a program prints, and look like commands.
    private static let texts = ["kawela top  port", "misuse tail-outside-ring:", "enable-tftp\n"]

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: DocumentedCommandsTests.repository.appending(path: path), encoding: .utf8)
    }

    private static let commands: Result<[String: [DocumentedCommand]], any Error> = Result {
        let found = try read.map { ($0, DocumentedCommand.all(in: try text($0), except: texts)) }
        return Dictionary(uniqueKeysWithValues: found)
    }

    /// The sources of integrations, which name the documents whose consoles they type.
    private static let integrations: Result<String, any Error> = Result {
        let folder = "Tests/IntegrationTests/Documentation"
        let files = try FileManager.default.contentsOfDirectory(
            atPath: DocumentedCommandsTests.repository.appending(path: folder).path)
        return try files.map { try text("\(folder)/\($0)") }.joined()
    }

    @Test("are typed from there by an integration if they stand in consoles", arguments: read)
    func consoles(_ path: String) throws {
        guard try Self.commands.get()[path]?.contains(where: { $0.place == .console }) == true else { return }
        #expect(try Self.integrations.get().contains("\"\(path)\""))
    }

    @Test("are run by a test, or it is said why not", arguments: read)
    func accounts(_ path: String) throws {
        let typed = try Self.commands.get().values.flatMap { $0 }.filter { $0.place == .console }.map(\.text)
        for command in try Self.commands.get()[path] ?? [] where command.place != .console {
            // kawela's own are parsed.
            if command.text.hasPrefix("kawela ") || commandAccounts[command.text] != nil { continue }
            #expect(typed.contains { has($0, command.text) }, "\(path): no account of '\(command.text)'")
        }
    }

    /// Whether what is typed has the words, of which `...` is any.
    private func has(_ typed: String, _ command: String) -> Bool {
        var rest = typed[...]
        for part in command.split(separator: " ... ") {
            guard let range = rest.range(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }

    @Test("are looked for in all documents")
    func documents() {
        let all = DocumentedCommandsTests.documents.filter {
            $0 == "README.md" || $0.wholeMatch(of: /docs\/[^\/]*/) != nil
        }
        #expect(Set(all) == Set(Self.read).union(Self.whole.keys).union(Self.forDevelopers))
    }

    @Test("have accounts that are true, and no others")
    func truth() throws {
        let all = Set(try Self.commands.get().values.flatMap { $0 }.map(\.text))
        for (command, account) in commandAccounts {
            #expect(all.contains(command), "no document has '\(command)'")
            guard case .run(let file, let text) = account else { continue }
            #expect(try Self.text(file).contains(text), "\(command): \(file)")
        }
        for (document, test) in Self.whole { #expect(try Self.text(test).contains(document)) }
    }

    @Test("are found where they stand")
    func find() {
        let document = """
            In a sentence: `ip link set tap0 up`, not `tap0`.

                qemu -m 1 \\
                    ...   # said of it
                ls

            A log:

                15:04:05 info

            ```console
            $ make \\
              demo
            printed
            root@guest:~# reboot
            ```

            """
        let found = DocumentedCommand.all(in: document, except: [])
        #expect(found.map(\.text) == ["make demo", "reboot", "qemu -m 1 ...", "ls", "ip link set tap0 up"])
        #expect(found.map(\.place) == [.console, .console, .block, .block, .sentence])
    }
}
