import Backends
import CKawela
import Intel82576
import Logging
import PCIe
import VFIOUser

// Where the daemon meets the parts written apart from it: what they are called and how their errors read.

/// Once per process, before the first part is made.
func prepareProcess() {
    Signals.ignoreBrokenPipes()
    kw_guard_install()
}

/// The uplink that `specification` names.
/// - Throws: ``Failure/usage(_:)`` for one that cannot be read, ``Failure/failed(_:)`` for one that cannot be opened.
func makeBackend(_ specification: String) throws(Failure) -> any Backend {
    throw .failed("uplink '\(specification)': this build has no uplinks")
}

/// The server of `function` on the UNIX socket `path`.
func makeServer(path: String, function: any Function, log: Logger) throws(Failure) -> any FunctionServer {
    throw .failed("socket '\(path)': this build has no server")
}

/// How `kawela registers` writes the register map.
public enum RegisterFormat {
    case text
    case json
    case markdown
}

public func registerMap(as format: RegisterFormat) throws(Failure) -> String {
    throw .failed("this build has no register map")
}

/// The uplinks there are, for `kawela serve --help`.
public let uplinkHelp = "The network the NIC's wire is plugged into."
