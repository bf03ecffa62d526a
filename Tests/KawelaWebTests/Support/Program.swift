// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Programs of others that tests ask. Scripts/environment installs them; in CI they have to be there.
enum Program {
    static let promtool = "/usr/bin/promtool"
    static let chromium = "/usr/bin/chromium"

    /// The Python with packages from PyPI, as Scripts/environment noted it.
    static let python: String = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../.build/environment")
        let lines = (try? String(contentsOf: file, encoding: .utf8))?.split(separator: "\n") ?? []
        return lines.first { $0.hasPrefix("python=") }.map { String($0.dropFirst(7)) } ?? ""
    }()

    static func isExpected(_ path: String) -> Bool {
        ProcessInfo.processInfo.environment["CI"] == "true" || FileManager.default.isExecutableFile(atPath: path)
    }

    /// What the program prints, errors too.
    static func run(_ path: String, _ arguments: [String], input: String = "") throws -> (status: Int32, output: String)
    {
        let (process, output, folder) = (Process(), Pipe(), try TemporaryFolder())
        let file = folder.path + "/input"
        try Data(input.utf8).write(to: URL(filePath: file))
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: URL(filePath: file))
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
}
