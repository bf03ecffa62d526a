// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import KawelaDaemon

@Suite("QEMU's arguments") struct QEMUArgumentsTests {
    private func arguments(
        socket: String = "/tmp/k.sock", id: String = "kawela0", bus: String? = nil, machine: String? = "q35",
        memory: Bool = true
    ) throws -> QEMUArguments {
        try QEMUArguments(
            .one(socket: socket), memory: MemorySize("1G"), id: id, bus: bus, machine: machine, includesMemory: memory)
    }

    @Test("are a machine with shared memory, a root port and the device")
    func complete() throws {
        #expect(
            try arguments().arguments == [
                "-machine", "q35,memory-backend=mem",
                "-object", "memory-backend-memfd,id=mem,size=1G,share=on", "-m", "1G",
                "-device", "pcie-root-port,id=kawela0-port,bus=pcie.0,chassis=125,slot=1",
                "-device",
                #"{"driver":"vfio-user-pci","id":"kawela0","socket":{"type":"unix","path":"/tmp/k.sock"},"#
                    + #""bus":"kawela0-port"}"#,
            ])
    }

    @Test("have QEMU wait for its writes, of each function, when they are to be synchronous")
    func synchronous() throws {
        var one = try arguments(bus: "b")
        one.isSynchronous = true
        #expect(one.arguments.last?.hasSuffix(#","bus":"b","x-no-posted-writes":true}"#) == true)
        var all = try QEMUArguments(
            .all(directory: "/run/k", vfs: 2), memory: MemorySize("1G"), id: "nic", bus: nil, machine: "q35",
            includesMemory: true)
        #expect(!all.arguments.contains { $0.contains("posted") })
        all.isSynchronous = true
        #expect(all.arguments.filter { $0.hasSuffix(#""x-no-posted-writes":true}"#) }.count == 3)
    }

    private func sriov(_ vfs: Int, iommu: Bool = false) throws -> [String] {
        try QEMUArguments(
            .all(directory: "/run/k/", vfs: vfs), memory: MemorySize("1G"), id: "nic", bus: nil, machine: "q35",
            includesMemory: true, includesIOMMU: iommu
        ).arguments
    }

    @Test("are, for a NIC with VFs, each VF and then the PF on one root port")
    func virtualFunctions() throws {
        let devices = try sriov(2).suffix(7).filter { $0 != "-device" }
        #expect(
            devices == [
                "pcie-root-port,id=nic-port,bus=pcie.0,chassis=\(1 + stableHash("nic") % 255),slot=1",
                #"{"driver":"kawela-sriov","id":"nic-vf0","socket":{"type":"unix","path":"/run/k/vf0.sock"},"#
                    + #""bus":"nic-port","addr":"0x0.1","sriov-pf":"nic"}"#,
                #"{"driver":"kawela-sriov","id":"nic-vf1","socket":{"type":"unix","path":"/run/k/vf1.sock"},"#
                    + #""bus":"nic-port","addr":"0x0.2","sriov-pf":"nic"}"#,
                #"{"driver":"kawela-sriov","id":"nic","socket":{"type":"unix","path":"/run/k/pf.sock"},"#
                    + #""bus":"nic-port","addr":"0x0.0"}"#,
            ])
    }

    @Test("number the eighth VF as ARI does")
    func eighth() throws {
        #expect(try sriov(8).contains { $0.contains(#""id":"nic-vf7""#) && $0.contains(#""addr":"0x1.0""#) })
    }

    @Test("put an IOMMU before everything it is for")
    func iommu() throws {
        let arguments = try sriov(1, iommu: true)
        let unit = try #require(arguments.firstIndex { $0.hasPrefix("intel-iommu") })
        #expect(try unit < #require(arguments.firstIndex { $0.hasPrefix("pcie-root-port") }))
        #expect(try !sriov(1).contains { $0.hasPrefix("intel-iommu") })
    }

    @Test("cannot have VFs the NIC does not", arguments: [-1, 0, 9])
    func count(_ vfs: Int) {
        #expect(throws: Failure.self) { try sriov(vfs) }
    }

    @Test("leave out what the caller has already")
    func parts() throws {
        #expect(try arguments(machine: nil).arguments.prefix(2) == ["-machine", "memory-backend=mem"])
        #expect(try arguments(memory: false).arguments.prefix(3) == ["-machine", "q35", "-device"])
        #expect(try arguments(bus: "rp1", machine: nil, memory: false).arguments.count == 2)
    }

    @Test("name root ports apart by the number in the device's name")
    func slots() throws {
        let ports = try ["kawela0", "kawela1", "net", "net4294967295"].map {
            try arguments(id: $0, machine: nil, memory: false).arguments[1]
        }
        #expect(ports[1].hasSuffix("chassis=125,slot=2"))
        #expect(Set(ports).count == ports.count)
    }

    @Test("survive a shell's splitting", arguments: ["/tmp/k.sock", "/run/user/1000/a-b_c.d+e,f@g/k"])
    func shell(_ socket: String) throws {
        let arguments = try arguments(socket: socket)
        #expect(try arguments.text(as: .shell).split(separator: " ").map(String.init) == arguments.arguments)
    }

    @Test("refuse a path a shell would take apart", arguments: ["/tmp/a b", "/tmp/*", "/tmp/a\"b", "/tmp/$a", "/a;b"])
    func unsafePath(_ socket: String) throws {
        let arguments = try arguments(socket: socket)
        let error = #expect(throws: Failure.self) { try arguments.text(as: .shell) }
        #expect(error?.exitCode == 2)
        #expect(error?.message.contains("--format lines or json") == true)
    }

    @Test("keep any path in the JSON form")
    func json() throws {
        let arguments = try arguments(socket: "/tmp/a \"b\" *")
        let text = try arguments.text(as: .json)
        #expect(try JSONDecoder().decode([String].self, from: Data(text.utf8)) == arguments.arguments)
        let device = try #require(arguments.arguments.last)
        let fields = try JSONSerialization.jsonObject(with: Data(device.utf8)) as? [String: Any]
        #expect((fields?["socket"] as? [String: String])?["path"] == "/tmp/a \"b\" *")
    }

    @Test("refuse names QEMU would", arguments: ["", "0a", "a b", "a,b", "é"])
    func names(_ id: String) {
        #expect(throws: Failure.self) { try arguments(id: id) }
        #expect(throws: Failure.self) { try arguments(bus: id) }
    }

    @Test("refuse a socket path that does not fit an address")
    func longPath() {
        #expect(throws: Never.self) { try arguments(socket: "/" + String(repeating: "a", count: 106)) }
        #expect(throws: Failure.self) { try arguments(socket: "/" + String(repeating: "a", count: 107)) }
    }
}

@Suite("A memory size") struct MemorySizeTests {
    @Test("is a number with a unit", arguments: [("512M", "512M"), ("2048M", "2G"), ("1T", "1024G"), ("3g", "3G")])
    func valid(_ text: String, _ written: String) throws {
        #expect(try MemorySize(text).description == written)
    }

    @Test(
        "is not", arguments: ["", "G", "1024", "0G", "-1G", "+1G", "1.5G", "1 G", "99999999999999999999G", "1K", "١G"])
    func invalid(_ text: String) {
        #expect(throws: Failure.self) { try MemorySize(text) }
    }
}
