// SPDX-License-Identifier: Apache-2.0

import CBench
import Foundation
import KawelaGuest

/// `kawela serve` with one VF, the PF driven by itself and a UNIX stream as its uplink, whose threads and system calls are
/// counted from outside.
final class CountedDaemon {
    let function: RawFunction
    let wire: StreamSender
    private let run: Run
    private let process: ChildProcess

    init() throws {
        run = try Run()
        let listener = try StreamListener(path: run.path("wire"))
        // A thread that polls before it sleeps makes a number of calls that depends on time.
        let command = [
            try Artifacts.kawela(), "serve", "--directory", run.folder, "--vfs", "1", "--pf", "embedded", "--uplink",
            "stream:\(listener.path)", "--busy-poll", "0",
        ]
        process = try ChildProcess(command, name: "kawela", in: run)
        let (process, socket) = (process, run.path("vf0.sock"))
        try eventually("kawela makes its socket\n\(process.tail())", within: 10, every: 0.01) {
            FileManager.default.fileExists(atPath: socket)
        }
        wire = try listener.accept()
        listener.close()
        function = try RawFunction(socket)
    }

    func close() {
        process.terminate()
        run.close()
    }

    private var threads: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.pid)/task") }
    }

    /// How often its threads went to sleep so far.
    func sleeps() throws -> Int {
        try threads.reduce(0) { sum, thread in
            let path = "/proc/\(process.pid)/task/\(thread)/status"
            let status = try String(contentsOfFile: path, encoding: .utf8)
            let count = status.firstMatch(of: /\nvoluntary_ctxt_switches:\s*(\d+)/).flatMap { Int($0.1) }
            return sum + (count ?? 0)
        }
    }

    /// Returns once all its threads sleep.
    func settle() throws {
        let deadline = Deadline(seconds: 10)
        while try !threads.allSatisfy(isAsleep) {
            guard !deadline.hasPassed else { throw BenchError("kawela does not come to rest") }
        }
    }

    private func isAsleep(_ thread: String) -> Bool {
        let path = "/proc/\(process.pid)/task/\(thread)/stat"
        guard let status = try? String(contentsOfFile: path, encoding: .utf8), let end = status.lastIndex(of: ")")
        else { return true }
        return status[end...].dropFirst(2).hasPrefix("S")
    }

    /// How many system calls it makes while `body` runs, by name. Those that come by time are left
    /// out: of the timer that keeps it from sleeping on a client's eventfd, waits that the timer ends, and looks at the
    /// processor's time.
    func calls(during body: () throws -> Void) throws -> [String: Int] {
        let report = run.path("calls")
        let strace = try ChildProcess(
            ["strace", "-f", "-c", "-U", "calls,errors,name", "-o", report, "-p", "\(process.pid)"],
            name: "strace-\(cb_now())", in: run)
        let expected = try threads.count
        try eventually("strace attaches\n\(strace.tail())", within: 20, every: 0.01) {
            if let status = strace.status { throw GuestError("strace ended with \(status)\n\(strace.tail())") }
            let text = strace.output
            let attached = text.firstMatch(of: /attached with (\d+) threads/).flatMap { Int($0.1) }
            return (attached ?? (text.contains("attached") ? 1 : 0)) >= expected
        }
        try body()
        strace.send(SIGINT)
        _ = try strace.wait(seconds: 20)
        return try Self.parse(String(contentsOfFile: report, encoding: .utf8))
    }

    private static let byTime: Set<String> = ["timer_settime", "rt_sigreturn", "restart_syscall", "clock_gettime"]

    /// Lines of a count, perhaps how many of them failed, and a name.
    private static func parse(_ text: String) -> [String: Int] {
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        let pairs = lines.compactMap { words -> (String, Int)? in
            guard let name = words.last.map(String.init), name != "total", !byTime.contains(name), words.count > 1,
                let count = Int(words[0])
            else { return nil }
            let failed = words.count > 2 ? Int(words[1]) ?? 0 : 0
            return (name, name == "ppoll" ? count - failed : count)
        }
        return Dictionary(pairs) { $0 + $1 }
    }
}
