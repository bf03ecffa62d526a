// SPDX-License-Identifier: Apache-2.0

import Foundation
import FoundationXML
import KawelaGuest
import Testing

extension Integration {
    /// The hook as KubeVirt's sidecar-shim (cmd/sidecars/sidecar_shim.go) calls it.
    @Suite("KubeVirt's hook sidecar", .serialized)
    struct KubeVirtSidecarTests {
        private let script = Artifacts.repository + "/integrations/kubevirt/onDefineDomain"
        /// In the form of those that KubeVirt hands to its hooks: empty elements written out, QEMU's namespace there.
        private let domain = """
            <domain type="kvm" xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0">
            \t<name>default_vmi-kawela</name>
            \t<memory unit="b">1073741824</memory>
            \t<os>
            \t\t<type arch="x86_64" machine="q35">hvm</type>
            \t\t<smbios mode="sysinfo"></smbios>
            \t</os>
            \t<devices>
            \t\t<controller type="usb" index="0" model="none"></controller>
            \t\t<console type="pty"></console>
            \t</devices>
            \t<metadata>
            \t\t<kubevirt xmlns="http://kubevirt.io">
            \t\t\t<uid>f4686d2c-6e8d-4335-b8fd-81bee22f4814</uid>
            \t\t</kubevirt>
            \t</metadata>
            \t<cpu mode="host-model">
            \t\t<numa><cell id="0" cpus="0-1" memory="1048576" unit="KiB" memAccess="private"></cell></numa>
            \t</cpu>
            </domain>
            """

        private func hook(_ sockets: String?, _ domain: String, in run: Run) throws -> CommandResult {
            var metadata: [String: Any] = ["name": "vmi-kawela", "namespace": "default"]
            if let sockets { metadata["annotations"] = ["kawela.vm.kubevirt.io/sockets": sockets] }
            let vmi: [String: Any] = ["kind": "VirtualMachineInstance", "metadata": metadata]
            let json = String(decoding: try JSONSerialization.data(withJSONObject: vmi), as: UTF8.self)
            return try run.attempt([script, "--vmi", json, "--domain", domain])
        }

        @Test("gives a domain shared memory and QEMU's arguments for each socket, and keeps all else")
        func domainXML() throws {
            let run = try Run()
            defer { run.close() }
            let result = try hook("/run/kawela/vf0.sock, /run/kawela/vf1.sock", domain, in: run)
            #expect(result.succeeded, "\(result)")
            let xml = try XML(result.output)
            #expect(xml.attributes("memoryBacking/source") == [["type": "memfd"]])
            #expect(xml.attributes("memoryBacking/access") == [["mode": "shared"]])
            #expect(xml.attributes("cpu/numa/cell").first?["memAccess"] == "shared")
            let arguments = xml.attributes("qemu:commandline/qemu:arg").compactMap { $0["value"] }
            #expect(arguments.count == 8 && arguments.filter { $0 == "-device" }.count == 4)
            #expect(xml.attributes("devices/console") == [["type": "pty"]])
            #expect(result.output.contains("<uid>f4686d2c-6e8d-4335-b8fd-81bee22f4814</uid>"))
            #expect(result.output.contains("<kubevirt xmlns=\"http://kubevirt.io\">"))
        }

        @Test("adds to what another sidecar did before")
        func after() throws {
            let run = try Run()
            defer { run.close() }
            let earlier = domain.replacingOccurrences(of: "</domain>", with: Self.earlier)
            let again = try XML(hook("/run/kawela/vf2.sock", earlier, in: run).output)
            #expect(again.attributes("qemu:commandline/qemu:arg").first == ["value": "-S"])
            #expect(again.attributes("qemu:commandline/qemu:arg").count == 5)
            #expect(again.attributes("memoryBacking/hugepages").count == 1)
        }

        private static let earlier = """
            <memoryBacking><hugepages></hugepages></memoryBacking>
            <qemu:commandline><qemu:arg value="-S"></qemu:arg></qemu:commandline></domain>
            """

        @Test("leaves a domain without the annotation as it is")
        func untouched() throws {
            let run = try Run()
            defer { run.close() }
            #expect(try hook(nil, domain, in: run).output == domain + "\n")
            #expect(try hook("", domain, in: run).output == domain + "\n")
        }

        @Test(
            "refuses what cannot work, with a reason and no domain",
            arguments: [
                ("vf0.sock", "not an absolute path"), ("/a,/a", "named twice"), ("/a/../b", "not an absolute path"),
                ("/" + String(repeating: "x", count: 107), "longer than 107 bytes"),
                ((0..<17).map { "/\($0)" }.joined(separator: ","), "too many"),
            ])
        func refusals(sockets: String, reason: String) throws {
            let run = try Run()
            defer { run.close() }
            let result = try hook(sockets, domain, in: run)
            #expect(result.status == 1 && result.output.contains(reason) && !result.output.contains("<domain"))
        }

        @Test("refuses a domain without PCI Express, and what is none")
        func wrongDomains() throws {
            let run = try Run()
            defer { run.close() }
            for (wrong, reason) in [
                (domain.replacingOccurrences(of: "q35", with: "pc"), "PCI Express"), ("<network/>", "<network>"),
                ("<domain", "unclosed token"),
            ] {
                let result = try hook("/a", wrong, in: run)
                #expect(result.status == 1 && result.output.contains(reason), "\(result)")
            }
        }

        @Test("has stock QEMU plug in VFs that kawela serves", .timeLimit(.minutes(2)))
        func machine() throws {
            let run = try Run()
            defer { run.close() }
            let server = try KawelaServer(
                uplink: .null, mac: "52:54:00:82:57:06", vfs: 2, driven: true, in: run, namespace: nil)
            let sockets = (0..<2).map { server.socket(.vf($0)) }
            let xml = try XML(hook(sockets.joined(separator: ","), domain, in: run).output)
            // What libvirt makes of <memoryBacking> with <source type='memfd'/> and <access mode='shared'/>.
            let memory = ["-m", "256M", "-object", "memory-backend-memfd,id=pc.ram,share=on,size=256M"]
            let command =
                [try Artifacts.find().qemu, "-nodefaults", "-display", "none", "-S", "-accel", "tcg"]
                + ["-machine", "q35,memory-backend=pc.ram"] + memory
                + xml.attributes("qemu:commandline/qemu:arg").compactMap { $0["value"] }
            let machine = try Machine(command: command, in: run)
            for number in 0..<2 {
                let device = ["path": "/machine/peripheral/kawela\(number)", "property": "realized"]
                #expect(try machine.qmp.execute("qom-get", device) as? Bool == true)
                #expect(server.process.output.contains("function=vf\(number)"))
            }
        }
    }
}

/// A document of which a test asks for elements.
private struct XML {
    private let root: XMLElement

    /// - Throws: when it is not well-formed.
    init(_ text: String) throws {
        guard let root = try XMLDocument(xmlString: text).rootElement() else { throw GuestError("no root: \(text)") }
        self.root = root
    }

    /// The attributes of all elements at `path` below the root.
    func attributes(_ path: String) -> [[String: String]] {
        var found = [root]
        for name in path.split(separator: "/").map(String.init) {
            found = found.flatMap { $0.children ?? [] }.compactMap { $0 as? XMLElement }.filter { $0.name == name }
        }
        return found.map { element in
            let pairs = (element.attributes ?? []).map { ($0.name ?? "", $0.stringValue ?? "") }
            return Dictionary(pairs) { $1 }
        }
    }
}
