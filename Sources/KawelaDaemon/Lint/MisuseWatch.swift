// SPDX-License-Identifier: Apache-2.0

import HostSystem
import Intel82576
import Logging
import VFIOUser

/// What drivers did against the datasheet since a port is watched for it (`kawela serve --lint`, `kawela lint on`): told to the
/// log as it happens, and kept.
final class MisuseWatch {
    /// Reports that are kept.
    static let kept = 256

    private let port: Port
    private let log: EventLog
    private var lint: Lint?
    private(set) var reports: [MisuseReport] = []
    /// Reports of the same kind that were left out, or found no room.
    private(set) var suppressed: UInt64 = 0

    init(_ port: Port, isOn: Bool, log: Logger) {
        (self.port, self.log) = (port, EventLog(log))
        set(isOn)
    }

    var isOn: Bool { lint != nil }

    /// Begins anew, or ends.
    func set(_ isOn: Bool) {
        guard isOn != self.isOn else { return }
        lint?.stop()
        lint = isOn ? Lint(watching: port) : nil
        if isOn { (reports, suppressed) = ([], 0) }
    }

    /// Takes what has been reported since the last call. Once a turn.
    func collect() -> [MisuseReport] {
        guard let taken = lint?.take() else { return [] }
        suppressed &+= taken.suppressed
        guard !taken.reports.isEmpty else { return [] }
        reports += taken.reports
        let surplus = max(0, reports.count - Self.kept)
        reports.removeFirst(surplus)
        suppressed &+= UInt64(surplus)
        for report in taken.reports {
            switch report.rule.severity {
            case .misuse: log.warning("misuse: \(report.line)")
            case .remark: log.info("remark: \(report.line)")
            }
        }
        return taken.reports
    }
}

extension MisuseReport {
    /// `vf0: tail-outside-ring: TDT[0] = 0x100: ...; right: ... (7.2.2)`
    var line: String {
        let place = [register, field].compactMap { $0 }.joined(separator: ".")
        let number = value.map { "\(place.isEmpty ? "" : " = ")\(hexadecimal($0, bytes: $0 >> 32 == 0 ? 4 : 8))" } ?? ""
        let subject = "\(place)\(number)"
        return
            "\(functionName(function)): \(rule.rawValue): \(subject)\(subject.isEmpty ? "" : ": ")\(text); right: \(advice)"
    }
}
