// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import KawelaDaemon

@Suite("The version")
struct VersionTests {
    @Test(
        "is the one that packages and the changelog have",
        arguments: [
            ("CHANGELOG.md", "\n## [\(kawelaVersion)] - "),
            ("debian/changelog", "kawela (\(kawelaVersion)-1) "),
            ("Packaging/kawela.spec", "\nVersion:        \(kawelaVersion)\n"),
        ])
    func same(path: String, line: String) throws {
        let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
            .standardizedFileURL
        #expect(try String(contentsOf: repository.appending(path: path), encoding: .utf8).contains(line))
    }
}
