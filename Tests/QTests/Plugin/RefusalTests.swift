// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

extension StockQEMU {
    @Suite("The plugin in a QEMU it does not know", .serialized)
    struct PluginRefusals {
        @Test("offers its device type in a QEMU as it should be", arguments: ["", "10.1", "10.2", "11.7"])
        func accepts(version: String) throws {
            let output = try run(FakeQEMU.complete, version)
            #expect(output == "registered kawela-sriov\nruns\n")
        }

        @Test(
            "says in one line why it offers nothing, and QEMU goes on",
            arguments: [
                ("10.0", "QEMU is 10.0 and must be 10.1 or newer"),
                ("9.2", "QEMU is 9.2 and must be 10.1 or newer"),
                ("12.0", "QEMU is 12.0, and 11 is the newest tried (KAWELA_SRIOV_ANY_QEMU=1 tries this one)"),
                ("version", "QEMU does not tell its version"),
                ("vfio-user-pci", "this QEMU has no vfio-user-pci"),
                ("layout", "the classes of PCI devices are not laid out as in QEMU 10.1 to 11.1"),
                ("creatable", "the classes of PCI devices are not laid out as in QEMU 10.1 to 11.1"),
                ("e1000e", "the classes of PCI devices are not laid out as in QEMU 10.1 to 11.1"),
                ("igb", "the classes of PCI devices are not laid out as in QEMU 10.1 to 11.1"),
                ("virtio-net-pci", "the classes of PCI devices are not laid out as in QEMU 10.1 to 11.1"),
            ])
        func refuses(difference: String, reason: String) throws {
            let output = try run(FakeQEMU.complete, difference)
            #expect(output == "kawela-sriov: \(reason); not offering the device kawela-sriov\nruns\n")
        }

        @Test("a newer QEMU is tried when asked for")
        func newer() throws {
            let output = try run(FakeQEMU.complete, "12.0", environment: ["KAWELA_SRIOV_ANY_QEMU": "1"])
            #expect(output == "registered kawela-sriov\nruns\n")
        }

        @Test("a QEMU without functions it needs is named the first of them")
        func functions() throws {
            let output = try run(FakeQEMU.withoutSRIOV, "")
            #expect(
                output == """
                    kawela-sriov: this program has no function pcie_sriov_pf_init_from_user_created_vfs (QEMU 10.1 or newer, \
                    with modules, has); not offering the device kawela-sriov
                    runs

                    """)
        }

        @Test("programs that are not QEMU are told nothing")
        func silent() throws {
            let bench = try FakeQEMU()
            #expect(try bench.run(["true"]).output == "")
        }

        private func run(
            _ flags: [String], _ difference: String, environment: [String: String] = [:]
        ) throws -> String {
            let bench = try FakeQEMU()
            let program = try bench.compile(flags)
            let result = try bench.run([program, difference], environment: environment)
            #expect(result.succeeded)
            return result.output
        }
    }
}

/// QEMU/fake-qemu.c, compiled.
private final class FakeQEMU {
    static let complete: [String] = []
    static let withoutSRIOV = ["-DWITHOUT_SRIOV"]
    private let folder: Run

    init() throws { folder = try Run() }
    deinit { folder.close() }

    func compile(_ flags: [String]) throws -> String {
        let program = folder.path("qemu-fake")
        let source = Artifacts.repository + "/QEMU/fake-qemu.c"
        try folder.execute(["cc", "-rdynamic", "-O0", "-fno-builtin", "-o", program, source] + flags, seconds: 60)
        return program
    }

    func run(_ command: [String], environment: [String: String] = [:]) throws -> CommandResult {
        let preload = ["LD_PRELOAD": try Artifacts.plugin()].merging(environment) { $1 }
        let child = try ChildProcess(command, name: "fake", in: folder, environment: preload)
        let status = try child.wait(seconds: 10)
        return CommandResult(status: Int(status), output: child.output)
    }
}
