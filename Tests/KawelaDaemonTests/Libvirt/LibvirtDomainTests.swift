// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KawelaDaemon

@Suite("A domain of libvirt's") struct LibvirtDomainTests {
    private func added(
        to text: String, _ functions: QEMUArguments.Functions = .one(socket: "/run/kawela/g/pf.sock"),
        id: String = "kawela0", bus: String? = nil, plugin: String? = "/p.so", iommu: Bool = false
    ) throws -> String {
        var arguments = try QEMUArguments(
            functions, memory: MemorySize("1G"), id: id, bus: bus, machine: nil, includesMemory: false)
        arguments.usesPlugin = plugin != nil
        return try LibvirtDomain(arguments, plugin: plugin, includesIOMMU: iommu).added(to: text)
    }

    private func domain(_ inside: String = "", root: String = "") -> String {
        "<domain type='kvm'\(root)>\n  <os>\n    <type machine='pc-q35-9.2'>hvm</type>\n  </os>\n\(inside)</domain>\n"
    }

    private func root(_ text: String) throws -> XMLElement { try XMLEditor(text).root }

    private func arguments(_ text: String) throws -> [String] {
        try root(text).at(["qemu:commandline"])?.children.compactMap { $0["value"] } ?? []
    }

    @Test("gets shared memory, a root port, the card and the plugin, and nothing else")
    func plain() throws {
        #expect(
            try added(to: domain()) == """
                <domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
                  <os>
                    <type machine='pc-q35-9.2'>hvm</type>
                  </os>
                  <memoryBacking>
                    <source type='memfd'/>
                    <access mode='shared'/>
                  </memoryBacking>
                  <qemu:commandline>
                    <qemu:arg value='-device'/>
                    <qemu:arg value='pcie-root-port,id=kawela0-port,bus=pcie.0,chassis=125,slot=1,addr=0x10'/>
                    <qemu:arg value='-device'/>
                    <qemu:arg value='{"driver":"kawela-sriov","id":"kawela0",\
                "socket":{"type":"unix","path":"/run/kawela/g/pf.sock"},"bus":"kawela0-port"}'/>
                    <qemu:env name='LD_PRELOAD' value='/p.so'/>
                  </qemu:commandline>
                </domain>

                """)
    }

    @Test("has QEMU's own device type without the plugin")
    func stock() throws {
        let values = try arguments(added(to: domain(), plugin: nil))
        #expect(values.count == 4)
        #expect(values[3].hasPrefix(#"{"driver":"vfio-user-pci","#))
    }

    @Test("keeps huge pages and what else it says of its memory, which is shared afterwards")
    func memory() throws {
        let before = domain(
            """
              <memoryBacking><hugepages/><source type='file'/><access mode="private"/><locked/></memoryBacking>
              <cpu><numa><cell id='0' memAccess='private'/><cell id='1' memAccess='private'/><cell id='2'/></numa></cpu>

            """)
        let after = try root(added(to: before))
        #expect(after.at(["memoryBacking"])?.children.map(\.name) == ["hugepages", "source", "access", "locked"])
        #expect(after.at(["memoryBacking", "source"])?["type"] == "memfd")
        #expect(after.at(["memoryBacking", "access"])?["mode"] == "shared")
        #expect(after.at(["cpu", "numa"])?.children.map { $0["memAccess"] } == ["shared", "shared", nil])
    }

    @Test("gets several cards, one after the other, each in a slot of its own, and the plugin once")
    func several() throws {
        let two = try added(to: added(to: domain()), .all(directory: "/run/kawela/h", vfs: 2), id: "kawela1")
        let three = try added(to: two, .none, id: "kawela2")
        let values = try arguments(three)
        #expect(values.filter { $0.hasPrefix("pcie-root-port") }.map { $0.suffix(4) } == ["0x10", "0x11", "0x12"])
        #expect(values.filter { $0.hasPrefix("{") }.count == 4)
        #expect(values.last == "/p.so")
        #expect(values.filter { $0 == "/p.so" }.count == 1)
    }

    @Test("keeps its own arguments and variables, and another file that is preloaded")
    func present() throws {
        let before = domain(
            """
              <q:commandline>
                <q:arg value='-foo'/>
                <q:env name='LD_PRELOAD' value='/a.so /b.so'/>
              </q:commandline>

            """, root: " xmlns:q='\(LibvirtDomain.namespace)'")
        let line = try #require(root(added(to: before)).at(["q:commandline"]))
        #expect(line.children.map(\.name) == ["q:arg", "q:arg", "q:arg", "q:arg", "q:arg", "q:env"])
        #expect(line.children.first?["value"] == "-foo")
        #expect(line.children.last?["value"] == "/a.so:/b.so:/p.so")
    }

    @Test("has its card where none of its own devices is")
    func slots() throws {
        let before = domain(
            """
              <devices>
                <controller><address type='pci' domain='0x0000' bus='0x00' slot='0x10' function='0x0'/></controller>
                <controller><address type='pci' bus='0x01' slot='0x11' function='0x0'/></controller>
                <disk><address type='drive' bus='0' slot='0x11'/></disk>
              </devices>

            """)
        #expect(try arguments(added(to: before))[1].hasSuffix("addr=0x11"))
        #expect(try arguments(added(to: domain(), bus: "pci.7")).count == 3)
    }

    @Test("is refused an eleventh root port, and told what to do")
    func full() throws {
        var text = domain()
        for number in 0..<10 { text = try added(to: text, id: "n\(number)") }
        let error = #expect(throws: Failure.self) { try added(to: text, id: "n10") }
        #expect(error?.message.contains("--bus") == true)
    }

    @Test("gets an IOMMU that tells Kawela of what is mapped, or its own is made to")
    func iommu() throws {
        let new = try root(added(to: domain("  <devices/>\n"), iommu: true)).at(["devices", "iommu"])
        #expect(new?["model"] == "intel")
        #expect(new?.at(["driver"])?["caching_mode"] == "on")
        #expect(new?.at(["driver"])?["intremap"] == "off")
        let own = domain("  <devices><iommu model='intel'><driver intremap='on'/></iommu></devices>\n")
        let driver = try root(added(to: own, iommu: true)).at(["devices", "iommu", "driver"])
        #expect(driver?["caching_mode"] == "on")
        #expect(driver?["intremap"] == "on")
        #expect(throws: Failure.self) {
            try added(to: domain("<devices><iommu model='virtio'/></devices>"), iommu: true)
        }
    }

    @Test("is refused a second card of the same name")
    func sameName() throws {
        let once = try added(to: domain())
        for functions in [QEMUArguments.Functions.one(socket: "/x"), .none] {
            let error = #expect(throws: Failure.self) { try added(to: once, functions) }
            #expect(error?.message.contains("--id") == true)
        }
        let libvirts = once.replacing("\"", with: "&quot;")
        #expect(throws: Failure.self) { try added(to: libvirts, bus: "pci.3") }
    }

    @Test(
        "is refused when it cannot have a card",
        arguments: [
            ("<network/>", "no domain"), ("<domain type='xen'/>", "neither kvm nor qemu"), ("<domain/>", "neither kvm"),
            ("<domain type='kvm'/>", "none is given"),
            ("<domain type='kvm'><os><type machine='pc-i440fx-9.2'>hvm</type></os></domain>", "pc-i440fx-9.2"),
            ("<domain type='kvm'><os><type machine='pc'>hvm</type></os></domain>", "q35"),
        ])
    func refused(_ text: String, _ words: String) {
        let error = #expect(throws: Failure.self) { try added(to: text) }
        #expect(error?.message.contains(words) == true)
    }

    @Test("is printed anew, with what is special in XML in its name")
    func new() throws {
        let new = try NewDomain(
            name: "a<b>&'c'", memory: MemorySize("2G"), processors: 3, accelerator: .qemu, emulator: "/q&")
        let root = try root(added(to: new.text))
        #expect(root["type"] == "qemu")
        #expect(root.at(["devices"])?.children.map(\.name) == ["emulator", "console"])
        #expect(new.text.contains("<name>a&lt;b>&amp;&apos;c&apos;</name>"))
        #expect(new.text.contains("<memory unit='MiB'>2048</memory>"))
        for name in ["", "a/b", "a\nb"] {
            #expect(throws: Failure.self) {
                try NewDomain(
                    name: name, memory: MemorySize("2G"), processors: 1, accelerator: .kvm, emulator: nil)
            }
        }
    }

    @Test("that runs is given one function by a command of QEMU's")
    func hotPlug() throws {
        var arguments = try QEMUArguments(
            .one(socket: "/x"), memory: MemorySize("1G"), id: "kawela2", bus: nil, machine: nil, includesMemory: false)
        arguments.usesPlugin = true
        #expect(
            try arguments.plugCommand()
                == #"{"execute":"device_add","arguments":{"driver":"kawela-sriov","id":"kawela2","#
                + #""socket":{"type":"unix","path":"/x"},"bus":"kawela2-port"}}"#)
        arguments.functions = .all(directory: "/x", vfs: 1)
        #expect(throws: Failure.self) { try arguments.plugCommand() }
    }
}
