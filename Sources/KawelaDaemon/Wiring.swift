// SPDX-License-Identifier: Apache-2.0

import Backends
import CKawela
import EmbeddedDriver
import HostSystem
import Intel82576
import Logging
import PCIe
import VFIOUser

// Where the daemon meets the parts it drives: what they are called and how their errors end the program.

extension Port: DrivenPort {}
extension Server: FunctionServer {}
extension EmbeddedDriver: FunctionDriver {}

/// Once per process, before the first part is made.
func prepareProcess() {
    Signals.ignoreBrokenPipes()
    kw_guard_install()
    raiseDescriptorLimit()
}

/// The uplink that `specification` names.
/// - Throws: ``Failure/usage(_:)`` for one that cannot be read, ``Failure/failed(_:)`` for one that cannot be opened.
func makeBackend(_ specification: String) throws(Failure) -> any Backend {
    let parsed: BackendSpecification
    do throws(BackendError) {
        parsed = try BackendSpecification(parsing: specification)
    } catch {
        throw .usage("uplink: \(error)")
    }
    do throws(BackendError) {
        return try parsed.open()
    } catch {
        throw .failed("uplink: \(error)")
    }
}

/// The server of `function` on the UNIX socket `path`.
func makeServer(
    path: String, function: any Function, guestMemory: GuestMemoryFiles, access: ClientAccess, log: Logger
) throws(Failure) -> any FunctionServer {
    do throws(ServerError) {
        return try Server(path: path, function: function, log: log, guestMemory: guestMemory, access: access)
    } catch {
        throw .failed("\(error): \(remedy(for: error))")
    }
}

private func remedy(for error: ServerError) -> String {
    switch error {
    case .inUse: "end that server or give another --socket or --directory"
    case .notASocket: "remove it or give another --socket or --directory"
    case .pathTooLong: "give a shorter --socket or --directory"
    case .accessRefused: "only root gives files away, to others one of the user's own groups: change --socket-owner"
    case .unavailable: "give a --socket or --directory in a directory that exists and that this user may write to"
    }
}

/// Who may be a client, with the names of `plan` looked up.
func makeAccess(_ plan: ServePlan) throws(Failure) -> ClientAccess {
    var socket = SocketAccess(mode: plan.socketMode)
    if let owner = plan.socketOwner {
        socket.user = try number(of: owner.user, "user") { userNumber($0) }
        socket.group = try owner.group.map { group throws(Failure) in
            try number(of: group, "group") { groupNumber($0) }
        }
    }
    return ClientAccess(socket: socket, users: plan.allowedUsers)
}

private func number(
    of account: AccountName, _ kind: String, lookUp: (String) -> UInt32?
) throws(Failure) -> UInt32 {
    switch account {
    case .number(let number): return number
    case .name(let name):
        guard let number = lookUp(name) else {
            throw .failed("--socket-owner: there is no \(kind) '\(name)' on this system: give another, or a number")
        }
        return number
    }
}

/// The driver of `function`, which has VFs.
func makeDriver(_ function: any Function, _ settings: [VFSettings], log: Logger) throws(Failure) -> EmbeddedDriver {
    do throws(StartError) {
        return try EmbeddedDriver(function, settings: settings, clock: monotonicNanoseconds) { write($0, to: log) }
    } catch {
        throw .failed("the NIC cannot have these VFs: \(error)")
    }
}

/// The uplinks there are, for `kawela serve --help`.
package let uplinkHelp = "What the NIC's wire is plugged into: \(BackendSpecification.forms)."

/// How `kawela registers` writes the register map.
package enum RegisterFormat {
    case text
    case json
    case markdown
}

package func registerMap(as format: RegisterFormat) -> String {
    switch format {
    case .text: RegisterTable.text()
    case .json: RegisterTable.json
    case .markdown: RegisterTable.markdown
    }
}

/// What misuse reports there are, as `docs/lint.md` has it.
package var misuseRules: String { Lint.rulesMarkdown }
