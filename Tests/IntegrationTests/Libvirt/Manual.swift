// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// docs/libvirt.md, whose commands the tests run.
enum Manual {
    /// The indented blocks under `heading`, until the next heading.
    static func blocks(under heading: String) throws -> [String] {
        let text = try String(contentsOfFile: Artifacts.repository + "/docs/libvirt.md", encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(where: { $0.hasPrefix("#") && $0.drop { $0 == "#" } == " \(heading)" })
        else { throw GuestError("docs/libvirt.md has no heading '\(heading)'") }
        var blocks: [String] = []
        var isInside = false
        for line in lines[(start + 1)...].prefix(while: { !$0.hasPrefix("#") }) {
            defer { isInside = line.hasPrefix("    ") }
            guard line.hasPrefix("    ") else { continue }
            let command = String(line.dropFirst(4)) + "\n"
            if isInside { blocks[blocks.count - 1] += command } else { blocks.append(command) }
        }
        return blocks
    }
}
