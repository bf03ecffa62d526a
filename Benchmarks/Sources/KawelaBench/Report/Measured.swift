// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What ``Store`` has, for the report.
struct Measured {
    let rows: [Row.Result]
    let batches: [BatchRow.Result]
    let accesses: [AccessRow.Result]
    let guests: [EndToEnd.Result]
    let device: [DeviceResult]
    let thresholds: Thresholds
    let memory: Int?
    let threads: ThreadedPorts?

    init() throws {
        rows = try Store.load("compare") ?? []
        batches = try Store.load("batches") ?? []
        accesses = try Store.load("accesses") ?? []
        guests = try Store.load("guests") ?? []
        device = try (Store.load("stages") ?? []) + (Store.load("device") ?? [])
        thresholds = try Thresholds.load()
        memory = try Store.load("memory")
        threads = try Store.load("threads")
    }

    /// Every row that has both cards.
    var all: [ComparedRow] {
        accesses.map { ComparedRow($0) } + batches.filter { $0.size == 1 }.map { ComparedRow(whole: $0) }
            + batches.filter { $0.size > 1 }.map { ComparedRow(frameOf: $0) } + rows.map { ComparedRow($0) }
            + guests.map { ComparedRow($0, isAlone: true) }
    }
}
