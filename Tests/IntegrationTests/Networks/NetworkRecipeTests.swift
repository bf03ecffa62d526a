// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

extension Integration {
    @Suite("docs/networks.md")
    struct NetworkRecipeTests {
        @Test("quotes every recipe and configuration as the tests run it")
        func quotes() throws {
            let folder = NetworkHost.recipes
            let document = try String(contentsOfFile: Artifacts.repository + "/docs/networks.md", encoding: .utf8)
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
                // The second VXLAN host differs by an address.
                .filter { ($0.hasSuffix(".sh") || $0.hasSuffix(".json")) && $0 != "vxlan-hostB.json" }
            #expect(files.count >= 12)
            for file in files {
                let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
                let block = text.split(separator: "\n", omittingEmptySubsequences: false)
                    .filter { !$0.hasPrefix("#") }.map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n")
                #expect(document.contains("\n\n" + block.trimmingCharacters(in: .newlines) + "\n\n"), "\(file)")
            }
        }
    }
}
