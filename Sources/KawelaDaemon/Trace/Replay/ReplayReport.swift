// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Intel82576

/// How a replay went.
struct ReplayReport: Equatable {
    /// Something that the trace has otherwise.
    struct Difference: Equatable {
        var line: Int
        /// `vf0`.
        var function: String
        /// `bar0 STATUS`, `config 0x0006`, or `interrupt`.
        var place: String
        /// What the trace has.
        var expected: String
        var got: String
        /// Names of the register's fields that differ, or the bits that do.
        var fields: String
    }

    /// Differences that are kept; more are only counted.
    static let limit = 1000

    var events = 0
    /// Reads that gave what the trace has.
    var equalReads = 0
    /// Reads that gave something else, as they may.
    var toleratedReads: [ReplayTolerance: Int] = [:]
    /// Events before the first that a replay can begin with.
    var skipped = 0
    /// Reads of VFs before their clients first reset them, which are not compared.
    var readsOutOfStep = 0
    private(set) var differences: [Difference] = []
    private(set) var differenceCount = 0
    var interruptsInTrace = 0
    var interrupts = 0
    /// Interrupts that were sent as in the trace.
    var equalInterrupts = 0
    /// Interrupts that are in the trace alone, or were sent here alone, as they may.
    var toleratedInterrupts = 0
    /// The line from which on nothing could be compared, because events are missing there.
    var lostLine: Int?

    mutating func add(_ difference: Difference) {
        differenceCount += 1
        if differences.count < Self.limit { differences.append(difference) }
    }
}

// MARK: As text

extension ReplayReport {
    var text: String {
        var lines = differences.map(\.text)
        if differenceCount > differences.count { lines.append("... and \(differenceCount - differences.count) more") }
        lines.append("differences: \(differenceCount); reads as in the trace: \(equalReads); events: \(events)")
        for tolerance in ReplayTolerance.allCases {
            guard let count = toleratedReads[tolerance] else { continue }
            lines.append("reads that differ as they may, for they depend on \(tolerance.subject): \(count)")
        }
        lines.append(
            "interrupts as in the trace: \(equalInterrupts), of \(interruptsInTrace) there and \(interrupts) here")
        if toleratedInterrupts > 0 {
            lines.append("interrupts that differ as they may: \(toleratedInterrupts)")
        }
        if skipped > 0 { lines.append("events left out, before the PF's client first resets it: \(skipped)") }
        if readsOutOfStep > 0 {
            lines.append("reads left out, of VFs before their clients first reset them: \(readsOutOfStep)")
        }
        if let lostLine { lines.append("line \(lostLine): events are missing; nothing from there on is compared") }
        return lines.map { $0 + "\n" }.joined()
    }
}

extension ReplayTolerance {
    fileprivate var subject: String {
        switch self {
        case .traffic: "frames and guest memory"
        case .time: "the clock"
        case .client: "the client"
        }
    }
}

extension ReplayReport.Difference {
    fileprivate var text: String {
        "line \(line): \(function) \(place): \(expected) in the trace, \(got) here"
            + (fields.isEmpty ? "" : ", \(fields)")
    }
}

// MARK: As JSON

extension ReplayReport {
    var json: String {
        var object = JSONObject()
        object.add("kawela-replay", 1)
        object.add("events", .integer(events))
        object.add("skipped", .integer(skipped))
        object.add("out-of-step", .integer(readsOutOfStep))
        object.add("equal", .integer(equalReads))
        object.add(
            "tolerated",
            .object(
                Dictionary(
                    uniqueKeysWithValues: ReplayTolerance.allCases.map {
                        ($0.rawValue, .integer(toleratedReads[$0] ?? 0))
                    })))
        object.add("interrupts-in-trace", .integer(interruptsInTrace))
        object.add("interrupts", .integer(interrupts))
        object.add("equal-interrupts", .integer(equalInterrupts))
        object.add("tolerated-interrupts", .integer(toleratedInterrupts))
        if let lostLine { object.add("lost-from-line", .integer(lostLine)) }
        object.add("difference-count", .integer(differenceCount))
        object.add("differences", differences.map(\.json))
        return object.text + "\n"
    }
}

extension ReplayReport.Difference {
    fileprivate var json: JSONObject {
        var object = JSONObject()
        object.add("line", .integer(line))
        object.add("fn", .string(function))
        object.add("place", .string(place))
        object.add("expected", .string(expected))
        object.add("got", .string(got))
        object.add("fields", .string(fields))
        return object
    }
}
