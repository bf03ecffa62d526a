// SPDX-License-Identifier: Apache-2.0

import ControlProtocol

/// What somebody looks at while a NIC works.
enum Watch: CaseIterable {
    /// Nothing, and nobody could: there is no control socket.
    case off
    case socket
    case counters
    case matrix
    case capture
    case captureAll
    case trace
    case lint

    var title: String {
        switch self {
        case .off: "off: no `--control`"
        case .socket: "`--control` alone"
        case .counters: "`kawela counters --json`, ten times a second"
        case .matrix: "`kawela ctl matrix on=true`"
        case .capture: "`kawela capture -`"
        case .captureAll: "`kawela capture --all -`"
        case .trace: "`kawela trace --json -`"
        case .lint: "`kawela lint on`"
        }
    }

    /// Does `work` while the NIC with the control socket at `path` is looked at like this, over the socket as `kawela` does it.
    func during<Result>(_ path: String?, _ work: () throws -> Result) throws -> Result {
        guard let path else { return try work() }
        switch self {
        case .off, .socket: return try work()
        case .matrix, .lint: return try switched(self == .lint ? "lint" : "matrix", path, work)
        case .counters:
            let reader = try Card.onOtherProcessors { try ControlReader.counters(path: path) }
            let result = try work()
            try reader.end()
            return result
        case .capture: return try streamed("capture", [:], path, work)
        case .captureAll: return try streamed("capture", ["all": true], path, work)
        case .trace: return try streamed("trace", ["format": "json"], path, work)
        }
    }

    private func switched<Result>(_ method: String, _ path: String, _ work: () throws -> Result) throws -> Result {
        let client = try ControlClient(path: path)
        _ = try client.call(method, ["on": true])
        let result = try work()
        _ = try client.call(method, ["on": false])
        return result
    }

    private func streamed<Result>(
        _ kind: String, _ parameters: [String: JSONValue], _ path: String, _ work: () throws -> Result
    ) throws -> Result {
        let reader = try Card.onOtherProcessors {
            try ControlReader.stream("\(kind).start", parameters, path: path)
        }
        let result = try work()
        let answer = try ControlClient(path: path).call("\(kind).stop")
        guard answer["stopped"] == 1 else { throw BenchError("the \(kind) ended by itself") }
        try reader.end()
        return result
    }
}
