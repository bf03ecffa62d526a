// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import SystemPackage

/// A capture for a client of the control socket.
final class CaptureSession: ByteStream {
    private let tap: CaptureTap

    /// - Parameters:
    ///   - parameters: of `capture.start`.
    ///   - virtualFunctions: that the port may have.
    init(_ parameters: [String: JSONValue], port: String, virtualFunctions: Int) throws(ControlError) {
        var settings = CaptureTap.Settings()
        settings.filter = try Self.filter(parameters, virtualFunctions)
        settings.snapLength = parameters["snaplen"]?.integer ?? settings.snapLength
        settings.virtualFunctions = virtualFunctions
        if !port.isEmpty { settings.hardware += ", port \(port)" }
        do throws(Errno) { tap = try CaptureTap(settings) } catch { throw .refused("cannot capture: \(error)") }
    }

    private static func filter(
        _ parameters: [String: JSONValue], _ virtualFunctions: Int
    ) throws(ControlError) -> CaptureFilter {
        let queue = parameters["queue"]?.integer
        guard let name = parameters["function"]?.string else {
            guard queue == nil else {
                throw .invalidParameters("\"queue\" is one of a function: give \"function\" too")
            }
            return parameters["all"] == true ? .everything : .wire
        }
        guard let function = functionNumber(name, virtualFunctions: virtualFunctions) else {
            throw .invalidParameters("the port has no '\(name)'")
        }
        return queue.map { .queue($0, of: function) } ?? .function(function)
    }

    // MARK: The port's thread

    func start(on target: PortAnswers) throws(ControlError) -> JSONValue {
        guard target.captures.add(tap) else { throw .refused("there are \(CaptureHub.mostTaps) captures of this port") }
        return ["format": "pcapng"]
    }

    func stop(on target: PortAnswers) { target.captures.remove(tap) }

    // MARK: The control socket's thread

    var descriptor: CInt { tap.descriptor }
    func take(into output: inout [UInt8]) { tap.take(into: &output) }
    var hasEnded: Bool { tap.hasEnded }
}
