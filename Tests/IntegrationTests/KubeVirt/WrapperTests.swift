// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

extension Integration {
    @Suite("kawela-qemu", .serialized)
    struct KubeVirtWrapperTests {
        private func print(_ arguments: [String]) throws -> [String] {
            let run = try Run()
            defer { run.close() }
            let command = [Node.wrapper, "--print", "--kawela", try Artifacts.kawela(), "--directory", "/tmp"]
            return try run.execute(command + arguments).split(separator: "\n").map(String.init)
        }

        @Test("puts a card in the place of vm.sh's igb, another on a port of its own, and shares all memory")
        func machine() throws {
            let lines = try print(Node.machine + Node.secondCard + ["-append", "two  words"])
            #expect(!lines.contains { $0.hasPrefix("igb") || $0.contains("id=sriovnet0") })
            #expect(
                Array(lines.drop { $0 != "memory-backend-memfd,size=1024M,id=m0,share=on" }.prefix(3)) == [
                    "memory-backend-memfd,size=1024M,id=m0,share=on", "-numa", "node,nodeid=0,memdev=m0,cpus=0-0",
                ])
            #expect(lines.contains("memory-backend-memfd,size=1024M,id=m1,share=on"))
            #expect(lines.filter { $0.hasPrefix("intel-iommu") }.count == 1 && lines.contains("two  words"))
            #expect(lines.contains("pxb-pcie,id=kawela0-pxb,bus=pcie.0,bus_nr=64,numa_node=1"))
            let devices = lines.filter { $0.contains("kawela-sriov\"") }
            #expect(devices.filter { $0.contains(#""bus":"sriovrp""#) }.count == 8)
            #expect(devices.filter { $0.contains(#""bus":"kawela0-port""#) }.count == 8)
            let unit = try #require(lines.firstIndex { $0.hasPrefix("intel-iommu") })
            #expect(lines.firstIndex { $0.contains("kawela-sriov\"") }.map { $0 > unit } == true)
            #expect(
                lines.contains {
                    $0.contains(#""uplink": "tap:tap-sriov01", "vfs": 7, "mac": "\#(Node.macs[0])"}"#)
                })
        }

        @Test("makes shared memory of -m alone, and an IOMMU that remaps interrupts", arguments: ["-m", "--m"])
        func memory(option: String) throws {
            for (size, meant) in [("3096M", "3096M"), ("512", "512M"), ("size=2G,slots=2,maxmem=4G", "2G")] {
                let lines = try print([option, size, "--pf", "tap=tap0"])
                #expect(lines.contains("memory-backend-memfd,id=kawela-memory,size=\(meant),share=on"))
                #expect(lines.contains("memory-backend=kawela-memory"))
                #expect(lines.contains("intel-iommu,intremap=on,caching-mode=on"))
            }
        }

        @Test("leaves an igb whose cable is no TAP, and a machine without cards is QEMU's as it is")
        func other() throws {
            let run = try Run()
            defer { run.close() }
            let arguments = ["-device", "igb,netdev=n", "-netdev", "user,id=n", "-object", "memory-backend-ram,id=m"]
            let output = try run.execute([Node.wrapper, "--qemu", "echo"] + arguments)
            #expect(output == arguments.joined(separator: " ") + "\n")
        }

        @Test(
            "says what is wrong with a card, and starts nothing",
            arguments: [
                ("vfs=7", "tap= is missing"), ("tap=a/b", "'a/b' is not a name"), ("tap=a,vfs=9", "vfs=9: use 1 to 8"),
                ("tap=a,mac=1:2", "'1:2' is not a MAC address"), ("tap=a,numa=x", "numa=x"), ("tap=a,foo=1", "'foo=1'"),
                ("tap=a,numa=0,bus=b", "give one of numa= and bus="),
            ])
        func refusals(card: String, reason: String) throws {
            let run = try Run()
            defer { run.close() }
            let result = try run.attempt([Node.wrapper, "--qemu", "false", "-m", "1G", "--pf", card])
            #expect(result.status == 2 && result.output.contains(reason), "\(result)")
        }

        @Test("ends when kawela cannot serve, with its reason, before QEMU starts", .timeLimit(.minutes(1)))
        func noTAP() throws {
            let run = try Run()
            defer { run.close() }
            let namespace = try Node.container(in: run)
            let command = try Node.command(in: run) + ["--qemu", "echo", "-m", "1G", "--pf", "tap=missing"]
            let result = try run.attempt(namespace.entering(command), seconds: 30)
            #expect(result.status == 2 && result.output.contains("missing"), "\(result)")
        }

        @Test("has kawela end with QEMU, even one that was killed", .timeLimit(.minutes(2)))
        func end() throws {
            let run = try Run()
            defer { run.close() }
            let command =
                try Node.command(in: run) + ["-nodefaults", "-display", "none", "-S", "-accel", "tcg"] + Node.machine
                + Node.secondCard
            let machine = try Machine(command: command, in: run, namespace: try Node.container(in: run))
            let folder = try #require(
                FileManager.default.contentsOfDirectory(atPath: run.folder).first { $0.hasPrefix("kawela-qemu.") })
            let sockets = (0..<2).map { run.path("\(folder)/pf\($0)/pf.sock") }
            let isThere = { (path: String) in FileManager.default.fileExists(atPath: path) }
            #expect(sockets.allSatisfy(isThere))
            // This process alone, not its group.
            Glibc.kill(machine.process.pid, SIGKILL)
            try eventually("kawela removes its sockets\n\(machine.process.tail())", within: 20) {
                !sockets.contains(where: isThere)
            }
            #expect(try machine.process.wait(seconds: 5) == 128 + SIGKILL)
        }

        @Test("has nothing that shellcheck minds")
        func shellcheck() throws {
            let run = try Run()
            defer { run.close() }
            try run.execute(["shellcheck", Node.wrapper])
        }
    }
}
