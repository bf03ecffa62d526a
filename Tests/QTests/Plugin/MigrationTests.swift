// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

extension StockQEMU {
    @Suite(
        "A machine with a card of the plugin's type", .serialized,
        .enabled(if: NIC.chosen == .kawela, "QEMU's own card can be migrated"))
    struct PluginMigration {
        @Test("is neither migrated nor saved, and QEMU says why")
        func start() throws {
            let bench = try Workbench(plugged: .pf(.plugin))
            try bench.expectRefusals()
            #expect(bench.card.server?.process.status == nil, "kawela lives on")
        }

        @Test("also when the card is plugged in later; without it the machine can be migrated again")
        func later() throws {
            let bench = try Workbench(plugged: .nothing, plugin: true)
            try bench.plug(.plugin)
            try bench.expectRefusals()
            try bench.unplug()
            try bench.migrate()
        }

        @Test("can be migrated after a card that could not be plugged in")
        func failedPlug() throws {
            let bench = try Workbench(plugged: .nothing, plugin: true)
            let nowhere = bench.card.device(.plugin).merging(
                ["socket": ["type": "unix", "path": bench.run.path("nobody")]]) { $1 }
            #expect(throws: GuestError.self) { try bench.machine.qmp.execute("device_add", nowhere) }
            try bench.migrate()
        }
    }
}

extension Workbench {
    /// Migration to a file, a snapshot by its job, and one by the human monitor.
    fileprivate func expectRefusals() throws {
        let reason = "The state of a kawela-sriov device is in another process and can be neither migrated nor saved"
        let error = #expect(throws: GuestError.self) { try migrate() }
        #expect("\(try #require(error))".contains(reason))
        #expect(try snapshotError().contains(reason))
        let answer = try machine.qmp.execute("human-monitor-command", ["command-line": "savevm here"])
        #expect("\(answer)".contains(reason))
    }

    /// Why a snapshot's job failed; empty when it did not.
    private func snapshotError() throws -> String {
        let job = "save"
        let arguments: [String: Any] = ["job-id": job, "tag": "here", "vmstate": "none", "devices": [String]()]
        try machine.qmp.execute("snapshot-save", arguments)
        var error = ""
        try eventually("the job ends", within: 10) {
            let jobs = try machine.qmp.execute("query-jobs") as? [[String: Any]] ?? []
            guard let own = jobs.first(where: { $0["id"] as? String == job }) else { return false }
            error = own["error"] as? String ?? ""
            return own["status"] as? String == "concluded"
        }
        try machine.qmp.execute("job-dismiss", ["id": job])
        return error
    }

    /// Migrates to a file, to the end.
    fileprivate func migrate() throws {
        try machine.qmp.execute("migrate", ["uri": "file:\(run.path("state"))"])
        try eventually("the migration ends", within: 30) {
            let status = try machine.qmp.execute("query-migrate") as? [String: Any]
            return status?["status"] as? String == "completed"
        }
    }
}
