// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a process holds at one moment, as the kernel counts it.
struct ProcessSample {
    /// KiB that are the process's alone; guest memory, which is shared, is not among them.
    var anonymous: Int
    /// KiB of all that is resident, guest memory included.
    var resident: Int
    var mappings: Int
    var descriptors: Int
    var threads: Int

    init(pid: pid_t) throws {
        let folder = "/proc/\(pid)"
        func lines(_ file: String) throws -> [Substring] {
            try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8).split(separator: "\n")
        }
        func number(_ name: String, in lines: [Substring]) throws -> Int {
            let line = lines.first { $0.hasPrefix(name + ":") }
            guard let value = line.flatMap({ Int($0.filter(\.isNumber)) }) else {
                throw BenchError("no \(name) of \(pid)")
            }
            return value
        }
        let memory = try lines("smaps_rollup")
        anonymous = try number("Anonymous", in: memory)
        resident = try number("Rss", in: memory)
        mappings = try lines("maps").count
        descriptors = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/fd").count
        threads = try number("Threads", in: lines("status"))
    }
}
