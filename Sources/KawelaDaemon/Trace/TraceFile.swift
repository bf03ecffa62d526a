// SPDX-License-Identifier: Apache-2.0

import HostSystem
import Intel82576
import Logging
import SystemPackage

/// A trace in a file, from before anything is asked of the port on: `kawela serve --trace FILE`. It holds all that a replay
/// needs.
///
/// The port's thread writes it, and waits for the disk: nothing is lost. When the file cannot grow any more the trace ends
/// with a whole line, and the port goes on.
final class TraceFile: PortObserver {
    /// Bytes that are gathered before they are written, within a turn.
    private static let gathered = 256 * 1024

    private unowned let port: Port
    private let file: GrowingFile
    private var json: TraceJSON
    private var output: [UInt8] = []
    private let clock: () -> UInt64
    private let log: Logger

    /// Creates the file, or empties it, and watches the port from now on.
    /// - Parameter clock: the port's.
    init(path: String, _ header: TraceHeader, of port: Port, clock: @escaping () -> UInt64, log: Logger) throws(Failure)
    {
        (self.port, self.clock, self.log, json) = (port, clock, log, TraceJSON(header))
        do throws(Errno) {
            file = try GrowingFile(path: path)
            try file.append(Array((json.headerLine + "\n").utf8))
        } catch {
            throw .failed("cannot write the trace \(path): \(Self.explanation(of: error)): give another --trace")
        }
        port.observers.append(self)
    }

    private static func explanation(of error: Errno) -> String {
        switch error {
        case .invalidArgument: "it is no file"
        case .resourceTemporarilyUnavailable: "another program writes it"
        default: "\(error)"
        }
    }

    /// Writes what has been traced. Once a turn.
    func write() {
        guard !output.isEmpty else { return }
        do throws(Errno) { try file.append(output) } catch {
            log.error("the trace ends here, the port goes on: \(error)")
            port.observers.removeAll { $0 === self }
        }
        output.removeAll(keepingCapacity: true)
    }

    /// Writes the rest.
    func close() {
        write()
        file.close()
    }

    private func record(_ kind: TraceEvent.Kind) {
        guard file.isOpen else { return }
        output += json.line(TraceEvent(time: clock(), kind: kind)).utf8
        output.append(UInt8(ascii: "\n"))
        if output.count >= Self.gathered { write() }
    }
}

// MARK: The port's calls

extension TraceFile {
    func observe(_ access: FunctionAccess) { record(.access(access)) }
    func observe(_ interrupt: FunctionInterrupt, of function: Int) { record(.interrupt(interrupt, function: function)) }
    func observe(_ reset: PortReset) { record(.reset(reset)) }
    func observe(_ event: PortEvent) { record(.port(event)) }
}
