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
func makeBackend(_ specification: String, log: Logger) throws(Failure) -> any Backend {
    let parsed: BackendSpecification
    do {
        parsed = try BackendSpecification(parsing: specification)
    } catch {
        throw .usage("\(error)")
    }
    do {
        return try parsed.open()
    } catch {
        throw .failed("\(error)")
    }
}

/// The server of `function` on the UNIX socket `path`.
func makeServer(path: String, function: any Function, log: Logger) throws(Failure) -> any FunctionServer {
    do {
        return try Server(path: path, function: function, log: log)
    } catch {
        throw .failed("\(error)")
    }
}

/// How `kawela registers` writes the register map.
public enum RegisterFormat {
    case text
    case json
    case markdown
}

public func registerMap(as format: RegisterFormat) -> String {
    switch format {
    case .text: RegisterTable.text()
    case .json: RegisterTable.json
    case .markdown: RegisterTable.markdown
    }
}

extension Server: FunctionServer {}

/// The uplinks there are, for `kawela serve --help`.
public let uplinkHelp = "The network the NIC's wire is plugged into: \(BackendSpecification.forms)"
