// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A text that is kept in `Golden/` next to the test's file, and compared byte by byte.
///
/// With `KAWELA_UPDATE_GOLDEN=1` in the environment a text that differs is rewritten; the test fails all the same, so
/// that the new one is looked at before it is committed.
package struct GoldenFile {
    package let url: URL

    package init(_ name: String, beside file: String = #filePath) {
        url = URL(fileURLWithPath: file).deletingLastPathComponent().appending(path: "Golden/\(name)")
    }

    package func expect(
        _ text: String, _ whatIfMissing: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let golden = try? String(contentsOf: url, encoding: .utf8)
        guard golden != text else { return }
        if ProcessInfo.processInfo.environment["KAWELA_UPDATE_GOLDEN"] == "1" {
            try text.write(to: url, atomically: true, encoding: .utf8)
        }
        let difference = golden.map { Self.firstDifference($0, text) } ?? "there is no such file. \(whatIfMissing)"
        Issue.record("\(url.lastPathComponent): \(difference)", sourceLocation: sourceLocation)
    }

    private static func firstDifference(_ golden: String, _ text: String) -> String {
        let (old, new) = (golden.split(separator: "\n"), text.split(separator: "\n"))
        let line =
            zip(old, new).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(old.count, new.count)
        let (oldLine, newLine) = (old.dropFirst(line).first ?? "", new.dropFirst(line).first ?? "")
        return "line \(line + 1) was\n\(oldLine)\nand is\n\(newLine)"
    }
}
