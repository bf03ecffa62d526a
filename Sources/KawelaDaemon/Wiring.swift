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
    path: String, function: any Function, guestMemory: GuestMemoryFiles, log: Logger
) throws(Failure) -> any FunctionServer {
    do throws(ServerError) {
        return try Server(path: path, function: function, log: log, guestMemory: guestMemory)
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
