// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A folder for the sockets and files of one test.
final class Folder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("kw-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var socket: String { path + "/pf.sock" }
    var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }

    func write(_ name: String, _ content: String) throws -> String {
        try Data(content.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
        return path + "/" + name
    }
}

/// The processor time, in hundredths of a second, that `running` takes in one second.
func processorTicksInSecond(of running: RunningKawela) throws -> Int {
    let before = try processorTicks(of: running.process.processIdentifier)
    usleep(1_000_000)
    return try processorTicks(of: running.process.processIdentifier) - before
}

/// User and system time in hundredths of a second: fields 14 and 15 of /proc/PID/stat.
private func processorTicks(of process: Int32) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    let fields = try #require(text.split(separator: ")").last).split(separator: " ")
    return try #require(Int(fields[11])) + #require(Int(fields[12]))
}
