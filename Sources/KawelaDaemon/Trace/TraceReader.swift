// SPDX-License-Identifier: Apache-2.0

import Foundation
import Intel82576

/// Reads a trace that ``TraceJSON`` wrote. The file may be anything: what is no trace is an error with the number of
/// its line.
struct TraceReader {
    let header: TraceHeader
    private var lines: TraceLines
    private var lastTime: UInt64

    /// Reads the header.
    init(_ lines: TraceLines) throws {
        var lines = lines
        guard let line = try lines.next() else { throw TraceError(line: 1, message: "the file is empty") }
        header = try explain(lines.number) { try TraceHeader(JSONDecoder().decode(HeaderLine.self, from: line)) }
        (self.lines, lastTime) = (lines, header.time)
    }

    /// The next event and the number of its line; `nil` at the end.
    mutating func next() throws -> (line: Int, event: TraceEvent)? {
        guard let line = try lines.next() else { return nil }
        let event = try explain(lines.number) {
            let event = try TraceEvent(
                JSONDecoder().decode(EventLine.self, from: line),
                virtualFunctions: header.configuration.virtualFunctions)
            guard event.time >= lastTime else { throw InvalidLine("\"t\" is less than in the line before") }
            return event
        }
        lastTime = event.time
        return (lines.number, event)
    }
}

/// Does what may fail because of the contents of a line.
private func explain<Result>(_ line: Int, _ work: () throws -> Result) throws(TraceError) -> Result {
    do {
        return try work()
    } catch let error as InvalidLine {
        throw TraceError(line: line, message: error.message)
    } catch let error as DecodingError {
        throw TraceError(line: line, message: explanation(of: error))
    } catch {
        throw TraceError(line: line, message: "not valid JSON")
    }
}

private func explanation(of error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "the key \"\(key.stringValue)\" is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
        context.codingPath.first.map { "\"\($0.stringValue)\" is of the wrong type" } ?? "not a JSON object"
    default: "not valid JSON"
    }
}
