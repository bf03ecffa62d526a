// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostSystem
import Logging
import SystemPackage

// The sandbox of `kawela serve`: what the process gives up once all it needs is open and before the first byte of a client
// is handled, so that one who gets code to run in it, by a hole, has little left to do.
//
//   SandboxMode       on, log or off
//   SandboxProfile    what is kept: paths, system calls, limits; made from what is to be served
//   ThreadCalls       the system calls of each kind of thread; DeadlyCalls, those that end the process
//   CallFilter        such a list as a filter of the kernel (seccomp)
//   ProfileText       all of it in words, for `kawela sandbox`
//
// The process: no new privileges, no capabilities, limits, paths (Landlock), system calls. Each port's thread: fewer paths
// and system calls, then those of the threads that close descriptors, and of the main thread once the others run. A filter
// or rule once set cannot be lifted, and threads inherit those of their maker.
//
// Not confined: connecting to UNIX sockets by path, which no version of Landlock before 9 can deny; only ports whose uplink
// connects may use connect(2) at all. Threads share their memory, so what one kind of thread may do more than another only
// keeps an attacker away who does not run code of his own choice in all of them.

/// Confines the process and its threads as a profile says.
final class Sandbox: Sendable {
    private let mode: SandboxMode
    private let log: Logger
    private let main: Confinement
    private let process: Confinement
    private let ports: [Confinement]
    private let control: Confinement
    private let closer: Confinement
    private let fileSizeLimit: UInt?

    /// What one kind of thread confines itself to.
    private struct Confinement {
        var paths: PathRuleset?
        var filter: CallFilter?
    }

    init(_ profile: SandboxProfile, mode: SandboxMode, log: Logger) {
        (self.mode, self.log, fileSizeLimit) = (mode, log, profile.fileSizeLimit)
        let version = mode == .on ? PathRuleset.kernelVersion : nil
        let filters = mode != .off && hasCallFilters()
        func confinement(
            _ paths: [SandboxProfile.PathRule]?, _ calls: [CallRule], tcpPorts: [UInt16] = []
        ) -> Confinement {
            Confinement(
                paths: version.flatMap { version in paths.flatMap { ruleset($0, tcpPorts, version: version, log: log) }
                },
                filter: filters ? CallFilter(calls, isEnforced: mode == .on) : nil)
        }
        process = confinement(profile.main.paths, profile.processCalls, tcpPorts: profile.main.tcpPorts)
        main = confinement(nil, profile.main.calls)
        ports = profile.ports.map { confinement($0.paths, $0.calls, tcpPorts: $0.tcpPorts) }
        control = confinement(profile.control?.paths, profile.control?.calls ?? [])
        closer = confinement(nil, profile.closer.calls)
        if mode != .off { warnOfMissing(hasPaths: version != nil || mode == .log, hasFilters: filters) }
    }

    private func warnOfMissing(hasPaths: Bool, hasFilters: Bool) {
        var missing: [String] = []
        if !hasPaths { missing.append("Landlock: files stay within reach") }
        if !hasFilters { missing.append("seccomp: all system calls stay allowed") }
        if !missing.isEmpty { log.warning("sandbox: this kernel has no \(missing.joined(separator: ", and no "))") }
    }
}

// MARK: Entering

extension Sandbox {
    /// Confines the process. Called by its only thread, before it starts others; a task of vhost-net may be there, which runs
    /// none of the process's code.
    func enterProcess() {
        guard mode != .off else { return }
        prepare()
        attempt("give up capabilities") { () throws(Errno) in try dropPrivileges() }
        setLimits()
        enter(process)
        Closer.preparation.withLock { $0 = { [self] in enter(closer) } }
        switch mode {
        case .log: log.warning("sandbox: only logs system calls, files stay within reach: use --sandbox on")
        default: log.info("sandbox: on")
        }
    }

    /// Confines the calling thread to what the port at `position` needs.
    func enterPort(_ position: Int) { enter(ports[position]) }

    /// Confines the calling thread to what the control socket needs.
    func enterControl() { enter(control) }

    /// Confines the main thread, once it has started the others.
    func enterMain() { enter(main) }

    /// What the libraries read once, when it is first asked for, and could not read later.
    private func prepare() {
        _ = timeOfDay()
        _ = machineIdentity()
        closeDescriptorsOnExec()
    }

    /// No memory of guests in a core dump, no new file that fills a disk. The kernel must not end the process for that.
    private func setLimits() {
        limit(RLIMIT_CORE, to: 0)
        guard let fileSizeLimit else { return }
        _ = signal(SIGXFSZ, SIG_IGN)
        limit(RLIMIT_FSIZE, to: fileSizeLimit)
    }

    private func enter(_ confinement: Confinement) {
        if let paths = confinement.paths {
            attempt("confine a thread's paths") { () throws(Errno) in try paths.restrictThread() }
        }
        if let filter = confinement.filter {
            attempt("filter a thread's system calls") { () throws(Errno) in try filter.apply() }
        }
    }

    private func attempt(_ purpose: String, _ work: () throws(Errno) -> Void) {
        do throws(Errno) { try work() } catch { log.warning("sandbox: cannot \(purpose): \(error)") }
    }
}

/// `nil` when the kernel refuses. A path that is not there is left out.
private func ruleset(
    _ paths: [SandboxProfile.PathRule], _ tcpPorts: [UInt16], version: Int32, log: Logger
) -> PathRuleset? {
    do throws(Errno) {
        let ruleset = try PathRuleset(version: version)
        for port in tcpPorts { try ruleset.allowConnecting(to: port) }
        for rule in paths {
            do throws(Errno) {
                try ruleset.allow(rule.rights, below: rule.path)
            } catch {
                log.warning("sandbox: \(rule.path) will be out of reach: \(error)")
            }
        }
        return ruleset
    } catch {
        log.warning("sandbox: cannot confine paths: \(error)")
        return nil
    }
}
