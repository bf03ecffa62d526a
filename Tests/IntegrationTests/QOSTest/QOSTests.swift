// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension Integration {
    /// QEMU's own test of its igb, from Debian's source package, with a Kawela card in igb's place (Scripts/qos-test).
    @Suite("QEMU's test of its igb", .serialized)
    struct QOSTests {
        @Test(
            "passes with a Kawela card", .timeLimit(.minutes(10)),
            arguments: ["init", "tx", "rx", "multiple_transfers", "hotplug"])
        func passes(name: String) throws {
            let run = try Run()
            defer { run.close() }
            let script = Artifacts.repository + "/Scripts/qos-test"
            let output = try run.execute([script, try Artifacts.kawela(), name], seconds: 540)
            #expect(output.hasSuffix("ok      \(name)\n1 of 1\n"), "\(output)")
        }
    }
}
