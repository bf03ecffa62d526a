// SPDX-License-Identifier: Apache-2.0

import Foundation
import Intel82576
import SystemPackage

/// `kawela replay`: drives a fresh device with the trace in the file `path`, `-` for standard input.
/// - Parameter json: the report is a JSON object instead of text.
/// - Returns: the report, and how many reads and interrupts differ from the trace's.
/// - Throws: ``Failure/failed(_:)`` for a file that cannot be read, or is no trace that can be replayed.
package func replay(path: String, json: Bool) throws(Failure) -> (report: String, differences: Int) {
    let file = path == "-" ? FileHandle.standardInput : try open(path)
    let report = try replay(TraceLines { try file.read(upToCount: 1 << 16) }, from: path)
    return (json ? report.json : report.text, report.differenceCount)
}

func replay(_ lines: TraceLines, from path: String) throws(Failure) -> ReplayReport {
    do {
        var reader = try TraceReader(lines)
        try refusePartial(reader.header)
        var replay = Replay(reader.header)
        while !replay.isOver, let next = try reader.next() { replay.take(next.line, next.event) }
        replay.end()
        guard replay.report.skipped < replay.report.events || replay.report.events == 0 else {
            throw TraceError(
                line: 1, message: "the PF's client resets it nowhere: begin the trace before its guest starts")
        }
        return replay.report
    } catch let error as TraceError {
        throw .failed("\(path): line \(error.line): \(error.message)")
    } catch {
        throw .failed("\(path): cannot read this trace: \(Errno(underlying: error))")
    }
}

private func refusePartial(_ header: TraceHeader) throws(TraceError) {
    guard !header.isComplete else { return }
    throw TraceError(
        line: 1, message: "this trace leaves functions or kinds of events out: only a whole one can be replayed")
}

private func open(_ path: String) throws(Failure) -> FileHandle {
    do {
        return try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    } catch {
        throw .failed("\(path): cannot read this trace: \(Errno(underlying: error))")
    }
}

extension Errno {
    /// What the system said, of an error of Foundation's.
    fileprivate init(underlying error: any Error) {
        let reason = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        self.init(rawValue: CInt(truncatingIfNeeded: reason?.code ?? 0))
    }
}
