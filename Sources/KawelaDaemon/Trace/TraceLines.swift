// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The lines of a file of any size, of which a part is in memory at a time.
struct TraceLines {
    /// Bytes of a line, more than any of a trace has.
    static let limit = 8192

    private let read: () throws -> Data?
    private var pending = Data()
    private var isAtEnd = false
    /// Of the line that was returned last, from 1 on.
    private(set) var number = 0

    /// - Parameter read: returns the next bytes of the file; none at its end.
    init(_ read: @escaping () throws -> Data?) { self.read = read }

    /// The next line that is not empty, without its end; `nil` at the end of the file.
    mutating func next() throws -> Data? {
        while let line = try nextOfAny() {
            if !line.isEmpty { return line }
        }
        return nil
    }

    private mutating func nextOfAny() throws -> Data? {
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                return try take(upTo: end, of: pending.distance(from: pending.startIndex, to: end))
            }
            guard pending.count <= Self.limit else { throw tooLong }
            if isAtEnd {
                return pending.isEmpty ? nil : try take(upTo: pending.endIndex, of: pending.count)
            }
            if let more = try read(), !more.isEmpty { pending.append(more) } else { isAtEnd = true }
        }
    }

    private mutating func take(upTo end: Data.Index, of count: Int) throws -> Data {
        guard count <= Self.limit else { throw tooLong }
        let line = Data(pending[..<end])
        pending = end < pending.endIndex ? pending[(end + 1)...] : Data()
        number += 1
        return line
    }

    private var tooLong: TraceError { TraceError(line: number + 1, message: "longer than \(Self.limit) bytes") }
}
