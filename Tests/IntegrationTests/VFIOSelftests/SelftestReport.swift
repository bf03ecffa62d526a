// SPDX-License-Identifier: Apache-2.0

/// What a test program of Linux' kselftest printed, in the form it calls KTAP: `ok 1 name`, `not ok 2 name` and
/// `ok 3 name # SKIP why`.
struct SelftestReport {
    private(set) var passed: [String] = []
    private(set) var failed: [String] = []
    private(set) var skipped: [String] = []

    init(_ output: String) {
        for line in output.split(separator: "\n") {
            guard let match = line.firstMatch(of: /^(not ok|ok) \d+ (\S+)( # SKIP)?/) else { continue }
            let name = String(match.2)
            switch (match.1, match.3) {
            case ("not ok", _): failed.append(name)
            case (_, nil): passed.append(name)
            default: skipped.append(name)
            }
        }
    }

    /// Without the tests of iommufd, which Debian's kernels do not have.
    var withoutIOMMUFD: SelftestReport {
        var report = self
        report.passed.removeAll { $0.contains("iommufd") }
        report.failed.removeAll { $0.contains("iommufd") }
        report.skipped.removeAll { $0.contains("iommufd") }
        return report
    }
}
