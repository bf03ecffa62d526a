// SPDX-License-Identifier: Apache-2.0

import EmbeddedDriver
import Intel82576
import Logging
import SystemPackage

/// Reads the configuration file again on a hang-up signal, and gives each port what it says of that. A file that cannot be
/// used changes nothing.
final class PlanReader {
    private let path: String
    private let line: ServeOptions
    private let ports: [(name: String?, take: (ServePlan) -> Void)]
    private let isConfined: Bool
    private let log: Logger

    private static let confinement =
        ": the sandbox leaves the directory it was in at the start, and no capability to read other users' files"

    /// - Parameters:
    ///   - line: what the command line gave, which wins over the file.
    ///   - ports: those that run.
    ///   - isConfined: the process is in its sandbox.
    init(
        path: String, line: ServeOptions, ports: [(name: String?, take: (ServePlan) -> Void)], isConfined: Bool = false,
        log: Logger
    ) {
        (self.path, self.line, self.ports, self.isConfined, self.log) = (path, line, ports, isConfined, log)
    }

    func run() {
        do throws(Failure) {
            distribute(try readPlans(line, configuration: path))
        } catch {
            let isDenied = isConfined && error.message.hasSuffix(Errno.permissionDenied.description)
            log.error(
                "configuration not read again, the old one stays: \(error.message)\(isDenied ? Self.confinement : "")")
        }
    }

    private func distribute(_ plans: [ServePlan]) {
        let (old, new) = (ports.map(\.name), plans.map(\.name))
        let changed = old.filter { !new.contains($0) } + new.filter { !old.contains($0) }
        if !changed.isEmpty {
            let names = changed.compactMap { $0 }.joined(separator: ", ")
            log.warning("configuration: ports that come or go (\(names)) need a restart and are left out")
        }
        for port in ports { plans.first { $0.name == port.name }.map(port.take) }
    }
}

/// Puts into force what can change while a NIC runs: the settings of its VFs, and faults on purpose.
final class Reload {
    private var plan: ServePlan
    private let log: Logger
    private let apply: ([VFSettings]) -> Void
    private let inject: (Faults) -> Void

    /// - Parameter inject: puts faults into force, where there are means to.
    init(
        plan: ServePlan, log: Logger, inject: @escaping (Faults) -> Void = { _ in },
        apply: @escaping ([VFSettings]) -> Void
    ) {
        (self.plan, self.log, self.inject, self.apply) = (plan, log, inject, apply)
    }

    /// Settings of each VF that are in force; `nil` when a guest has the PF.
    var settings: [VFSettings]? { plan.vfSettings }

    /// Puts settings into force, until a configuration is read again that has others.
    func put(_ settings: [VFSettings]) {
        plan.vfSettings = settings
        apply(settings)
    }

    func take(_ new: ServePlan) {
        let keys = plan.keysNeedingRestart(for: new)
        if !keys.isEmpty {
            log.warning("configuration: changes of \(keys.joined(separator: ", ")) need a restart and are left out")
        }
        takeFaults(new)
        guard let old = plan.vfSettings, let settings = new.vfSettings, settings.count == old.count else {
            log.notice("configuration read again")
            return
        }
        let changed = settings.indices.filter { settings[$0] != old[$0] }.map { "vf\($0)" }
        plan.vfSettings = settings
        apply(settings)
        log.notice(
            "configuration read again, changed: \(changed.isEmpty ? "nothing" : changed.joined(separator: ", "))")
    }

    private func takeFaults(_ new: ServePlan) {
        guard let old = plan.faults else { return }
        let faults = new.faults ?? Faults()
        guard faults != old else { return }
        plan.faults = faults
        inject(faults)
        log.warning("faults are injected on purpose from now on: \(faults)")
    }
}
