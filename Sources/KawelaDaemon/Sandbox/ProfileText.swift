// SPDX-License-Identifier: Apache-2.0

/// What `kawela serve` with these options would give up and keep, for `kawela sandbox`.
///
/// - Parameters:
///   - line: what the command line gave; it wins over the file.
///   - path: a configuration file.
package func sandboxProfile(_ line: ServeOptions, configuration path: String? = nil) throws(Failure) -> String {
    let plans = try readPlans(line, configuration: path)
    return SandboxProfile(plans, configuration: path).text(mode: plans[0].sandbox)
}

extension SandboxProfile {
    func text(mode: SandboxMode) -> String {
        let header = [
            "mode: \(mode.rawValue)",
            "kernel: \(PathRuleset.kernelVersion.map { "Landlock \($0)" } ?? "no Landlock"), "
                + (hasCallFilters() ? "seccomp" : "no seccomp"),
            "privileges: no new ones; no capabilities",
            "limits: core 0, file size \(fileSizeLimit.map { "\($0)" } ?? "unlimited")",
        ]
        let threads = ([main] + ports + [control, closer].compactMap { $0 }).flatMap(\.lines)
        let rest = ["", "calls that end the process:"] + wrapped(deadlyCalls.map(\.name))
        return (header + threads + rest + ["", "all other calls fail with EPERM"]).joined(separator: "\n") + "\n"
    }
}

extension SandboxProfile.Thread {
    fileprivate var lines: [String] {
        let paths = paths.isEmpty ? ["    none"] : paths.map { "    \($0.path): \($0.rights.text)" }
        let ports = tcpPorts.isEmpty ? [] : ["thread \(name), TCP ports:"] + wrapped(tcpPorts.map { "\($0)" })
        return ["", "thread \(name), paths:"] + paths + ports + ["thread \(name), calls:"]
            + wrapped(calls.map(\.description))
    }
}

extension PathRights {
    fileprivate var text: String {
        let names: [(PathRights, String)] = [
            (.readFiles, "read files"), (.writeFiles, "write files"), (.removeFiles, "remove files"),
            (.controlDevices, "control devices"),
        ]
        return names.filter { contains($0.0) }.map(\.1).joined(separator: ", ")
    }
}

/// `words` with commas between them, in lines of at most 100 characters.
private func wrapped(_ words: [String]) -> [String] {
    var lines: [String] = []
    for word in words {
        if let last = lines.last, last.count + word.count < 98 {
            lines[lines.count - 1] += ", " + word
        } else {
            lines.append("    " + word)
        }
    }
    return lines
}
