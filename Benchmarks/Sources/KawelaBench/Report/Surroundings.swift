// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// Where figures were taken.
struct Surroundings {
    let processor, kernel, qemu, load: String
    let processors = ProcessInfo.processInfo.processorCount
    let day: String

    init() throws {
        let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = information.split(separator: "\n").first { $0.hasPrefix("model name") }
        let clock = information.split(separator: "\n").first { $0.hasPrefix("cpu MHz") }
        let value = { (line: Substring?) in
            line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
        }
        processor = "\(value(model)), \(value(clock).split(separator: ".").first ?? "?") MHz"
        let run = try Run()
        defer { run.close() }
        kernel = try run.execute(["uname", "-r"]).trimmingCharacters(in: .whitespacesAndNewlines)
        let version = try run.execute([try Artifacts.find().qemu, "--version"])
        qemu = version.firstMatch(of: /version ([0-9.]+)/).map { String($0.1) } ?? "unknown"
        let average = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
        load = average.split(separator: " ").first.map(String.init) ?? "unknown"
        let formatter = DateFormatter()
        formatter.dateFormat = "yyyy-MM-dd"
        formatter.locale = Locale(identifier: "en_US_POSIX")
        day = formatter.string(from: Date())
    }
}
