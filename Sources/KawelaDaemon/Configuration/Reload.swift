import EmbeddedDriver
import Logging

/// Reads the configuration file again on a hang-up signal, and puts into force what can change while the NIC runs: the
/// settings of VFs. A file that cannot be used changes nothing.
final class Reload {
    private let path: String
    private let line: ServeOptions
    private var plan: ServePlan
    private let log: Logger
    private let apply: ([VFSettings]) -> Void

    /// - Parameter line: what the command line gave, which wins over the file.
    init(
        path: String, line: ServeOptions, plan: ServePlan, log: Logger, apply: @escaping ([VFSettings]) -> Void
    ) {
        (self.path, self.line, self.plan, self.log, self.apply) = (path, line, plan, log, apply)
    }

    func run() {
        do throws(Failure) {
            take(try ServePlan(line.completed(by: ServeOptions(file: path))))
        } catch {
            log.error("configuration not read again, the old one stays: \(error.message)")
        }
    }

    private func take(_ new: ServePlan) {
        let keys = plan.keysNeedingRestart(for: new)
        if !keys.isEmpty {
            log.warning("configuration: changes of \(keys.joined(separator: ", ")) need a restart and are left out")
        }
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
}
