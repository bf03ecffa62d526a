// SPDX-License-Identifier: Apache-2.0

/// What makes libvirt plug served functions into a domain: its XML is given what that takes, and keeps everything else.
///
/// libvirt does not know vfio-user, so the devices are arguments of QEMU in its own namespace for such
/// (https://libvirt.org/drvqemu.html, "Pass-through of arbitrary QEMU commands").
package struct LibvirtDomain: Sendable {
    static let namespace = "http://libvirt.org/schemas/domain/qemu/1.0"

    /// Ports and devices; the machine and its memory are libvirt's.
    package var arguments: QEMUArguments
    /// The file of the plugin that QEMU is started with; `nil`: none is needed.
    package var plugin: String?
    /// Whether the guest gets an IOMMU.
    package var includesIOMMU: Bool

    package init(_ arguments: QEMUArguments, plugin: String?, includesIOMMU: Bool = false) {
        (self.arguments, self.plugin, self.includesIOMMU) = (arguments, plugin, includesIOMMU)
    }

    /// The domain `text` with the functions.
    /// - Throws: when it is no domain, cannot have them, or has something of the same name.
    package func added(to text: String) throws(Failure) -> String {
        var xml = try XMLEditor(text)
        try check(xml.root)
        try shareMemory(of: &xml)
        if includesIOMMU { try addIOMMU(to: &xml) }
        try addArguments(to: &xml)
        return xml.text
    }

    private func check(_ domain: XMLElement) throws(Failure) {
        guard domain.name == "domain" else {
            throw .failed("<\(domain.name)> is no domain: use what virsh dumpxml prints")
        }
        guard let type = domain["type"], ["kvm", "qemu"].contains(type) else {
            throw .failed("the domain's type is neither kvm nor qemu: only QEMU has vfio-user")
        }
        let machine = domain.at(["os", "type"])?["machine"]
        guard arguments.bus != nil || machine.map(hasPCIe) == true else {
            throw .failed(
                "the domain's machine (\(machine ?? "none is given")) has no PCIe: write <type machine='q35'> into <os>"
            )
        }
    }

    private func hasPCIe(_ machine: String) -> Bool {
        machine.contains("q35") || machine == "virt" || machine.hasPrefix("virt-")
    }
}

// MARK: Memory and IOMMU

extension LibvirtDomain {
    /// Guest memory in files that Kawela is handed and maps. Huge pages and NUMA nodes stay.
    private func shareMemory(of xml: inout XMLEditor) throws(Failure) {
        try xml.set("type", of: ["memoryBacking", "source"], to: "memfd")
        try xml.set("mode", of: ["memoryBacking", "access"], to: "shared")
        while let cell = xml.root.at(["cpu", "numa"])?.all("cell").first(where: { $0["memAccess"] == "private" }) {
            try xml.set("memAccess", of: cell, to: "shared")
        }
    }

    /// As ``QEMUArguments/includesIOMMU`` has it.
    private func addIOMMU(to xml: inout XMLEditor) throws(Failure) {
        if let present = xml.root.at(["devices", "iommu"]) {
            guard present["model"] == "intel" else {
                throw .failed(
                    "the domain has an IOMMU of the model '\(present["model"] ?? "")': Kawela is tried with intel")
            }
        } else {
            try xml.set("model", of: ["devices", "iommu"], to: "intel")
            try xml.set("intremap", of: ["devices", "iommu", "driver"], to: "off")
        }
        try xml.set("caching_mode", of: ["devices", "iommu", "driver"], to: "on")
    }
}

// MARK: Arguments of QEMU

extension LibvirtDomain {
    private func addArguments(to xml: inout XMLEditor) throws(Failure) {
        let present = commandLine(of: xml.root).map(argumentValues) ?? []
        try refuseSameName(in: present)
        var arguments = arguments
        arguments.portSlot = try freeSlot(in: xml.root, present)
        let prefix = try prefix(in: &xml)
        let lines = arguments.arguments.map { "<\(prefix)arg value=\(xmlQuoted($0))/>" }
        if let line = commandLine(of: xml.root) {
            // The schema wants arguments in front of variables.
            if let first = line.children.first(where: { localName($0) != "arg" }) {
                try xml.insert(lines, before: first)
            } else {
                try xml.append(lines, to: line)
            }
        } else {
            try xml.append(["<\(prefix)commandline/>"], to: xml.root)
            if let line = commandLine(of: xml.root) { try xml.append(lines, to: line) }
        }
        if let plugin { try preload(plugin, in: &xml, prefix: prefix) }
    }

    /// Has QEMU loaded with the plugin, and with what else it was to be loaded with.
    private func preload(_ plugin: String, in xml: inout XMLEditor, prefix: String) throws(Failure) {
        guard let line = commandLine(of: xml.root) else { return }
        let variable = "LD_PRELOAD"
        guard let present = line.children.first(where: { localName($0) == "env" && $0["name"] == variable }) else {
            return try xml.append(["<\(prefix)env name='\(variable)' value=\(xmlQuoted(plugin))/>"], to: line)
        }
        let files = (present["value"] ?? "").split(whereSeparator: { $0 == ":" || $0 == " " }).map(String.init)
        guard !files.contains(plugin) else { return }
        try xml.set("value", of: present, to: (files + [plugin]).joined(separator: ":"))
    }

    private func refuseSameName(in present: [String]) throws(Failure) {
        let names = arguments.arguments.compactMap { $0.firstMatch(of: /(?:^|[,{])"?id"?[=:]"?([^",]+)/)?.output.1 }
        let taken = present.compactMap { $0.firstMatch(of: /(?:^|[,{])\s*"?id"?\s*[=:]\s*"?([^",]+)/)?.output.1 }
        guard let name = names.first(where: taken.contains) else { return }
        throw .failed("the domain has a device '\(name)' already: give another name with --id")
    }
}

// MARK: The root port's place

extension LibvirtDomain {
    /// Where libvirt, which counts up from 1 and has what is fixed from 0x1a on, does not put anything by itself. It does not know
    /// of our ports, so they must not be where QEMU would put them: the next free slot is libvirt's next one too.
    private static let slots = 0x10...0x19

    private func freeSlot(in domain: XMLElement, _ present: [String]) throws(Failure) -> Int? {
        guard arguments.bus == nil else { return nil }
        let addresses = domain.withDescendants.filter {
            $0.name == "address" && $0["type"] == "pci" && number($0["bus"] ?? "0") == 0
        }
        let inArguments = present.compactMap { $0.firstMatch(of: /addr"?[=:]"?(0x[0-9a-fA-F]+)/)?.output.1 }
        let taken = Set(addresses.compactMap { number($0["slot"] ?? "") } + inArguments.compactMap { number($0) })
        guard let slot = Self.slots.first(where: { !taken.contains($0) }) else {
            throw .failed("the domain has no slot left for a root port: give a bus of it with --bus, such as pci.5")
        }
        return slot
    }

    private func number(_ text: some StringProtocol) -> Int? {
        text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
    }
}

// MARK: Names in QEMU's namespace

/// The prefix, with its colon, by which the domain calls libvirt's namespace for QEMU; it is declared if need be.
private func prefix(in xml: inout XMLEditor) throws(Failure) -> String {
    if let known = prefixes(declaredBy: xml.root).first { return known }
    guard xml.root["xmlns:qemu"] == nil else { throw .failed("the domain uses the prefix qemu: for something unknown") }
    try xml.set("xmlns:qemu", of: [], to: LibvirtDomain.namespace)
    return "qemu:"
}

private func prefixes(declaredBy element: XMLElement) -> [String] {
    element.attributes.filter { $0.value == LibvirtDomain.namespace && $0.name.hasPrefix("xmlns:") }
        .map { $0.name.dropFirst("xmlns:".count) + ":" }
}

private func commandLine(of domain: XMLElement) -> XMLElement? {
    let names = prefixes(declaredBy: domain).map { $0 + "commandline" }
    return domain.children.first { names.contains($0.name) }
}

private func argumentValues(_ commandLine: XMLElement) -> [String] {
    commandLine.children.filter { localName($0) == "arg" }.compactMap { $0["value"] }
}

private func localName(_ element: XMLElement) -> Substring {
    element.name.split(separator: ":").last ?? ""
}
