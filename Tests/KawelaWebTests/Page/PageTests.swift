// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import KawelaWeb

@Suite struct PageTests {
    private static func text(_ path: String) throws -> String {
        String(decoding: try #require(PageFiles.all[path]).bytes, as: UTF8.self)
    }

    @Test func everyFileThatIsLoadedIsServed() throws {
        var loaded: [String] = []
        for path in PageFiles.all.keys {
            let text = try Self.text(path)
            loaded += text.matches(of: /(?:href|src)="([a-z]+\.[a-z]+)"/).map { String($0.output.1) }
            loaded += text.matches(of: /from "\.\/([a-z]+\.js)"/).map { String($0.output.1) }
        }
        #expect(Set(loaded.map { "/" + $0 } + ["/"]) == Set(PageFiles.all.keys))
    }

    /// A register's row in the documentation, which is made of the register map.
    private static let documented: Set<String> = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/registers.md")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return Set(text.matches(of: /(?m)^\| ([A-Z_0-9]+)/).map { String($0.output.1) })
    }()

    @Test func registersOfBlocksExist() throws {
        let text = try Self.text("/blocks.js")
        let part = text[(try #require(text.range(of: "export function registers"))).lowerBound...]
        let names = part.matches(of: /"([A-Z][A-Z_0-9]+)\*?"/).map { String($0.output.1) }
        #expect(names.count > 50)
        for name in names { #expect(Self.documented.contains(name), "\(name)") }
    }
}
