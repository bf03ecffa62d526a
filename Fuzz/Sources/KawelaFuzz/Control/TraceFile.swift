// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import KawelaDaemon

/// Bytes as a file that calls itself a trace.
struct TraceFile {
    private let bytes: [UInt8]
    /// Bytes that come at a time.
    private let chunk: Int

    init(_ bytes: [UInt8], chunk: Int = 4096) { (self.bytes, self.chunk) = (bytes, chunk) }

    var lines: TraceLines {
        var rest = bytes[...]
        return TraceLines {
            defer { rest = rest.dropFirst(chunk) }
            return Data(rest.prefix(chunk))
        }
    }

    func read() throws -> (header: TraceHeader, events: [TraceEvent]) {
        var reader = try TraceReader(lines)
        var events: [TraceEvent] = []
        while let next = try reader.next() { events.append(next.event) }
        return (reader.header, events)
    }
}
