// SPDX-License-Identifier: Apache-2.0

/// A domain of libvirt's without disks and other NICs, to be given functions by ``LibvirtDomain/added(to:)``.
package struct NewDomain: Sendable {
    /// What runs the guest's code.
    package enum Accelerator: String, CaseIterable, Sendable {
        case kvm
        /// QEMU itself, slowly.
        case qemu
    }

    package var name: String
    package var memory: MemorySize
    package var processors: Int
    package var accelerator: Accelerator
    /// The path of QEMU; `nil`: the one libvirt finds.
    package var emulator: String?

    package init(
        name: String, memory: MemorySize, processors: Int, accelerator: Accelerator, emulator: String?
    ) throws(Failure) {
        guard !name.isEmpty, !name.contains("/"), name.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else {
            throw .usage("'\(name)' cannot be a domain's name: it is empty, or has a '/' or a control character")
        }
        guard processors > 0 else { throw .usage("\(processors) processors are not possible: use 1 or more") }
        (self.name, self.memory, self.processors) = (name, memory, processors)
        (self.accelerator, self.emulator) = (accelerator, emulator)
    }

    package var text: String {
        let emulator = emulator.map { "    <emulator>\(xmlEscaped($0))</emulator>\n" } ?? ""
        return """
            <domain type='\(accelerator)'>
              <name>\(xmlEscaped(name))</name>
              <memory unit='MiB'>\(memory.mebibytes)</memory>
              <vcpu>\(processors)</vcpu>
              <os>
                <type arch='x86_64' machine='q35'>hvm</type>
              </os>
              <features>
                <acpi/>
                <apic/>
              </features>
              <cpu mode='\(accelerator == .kvm ? "host-passthrough" : "maximum")'/>
              <devices>
            \(emulator)    <console type='pty'/>
              </devices>
            </domain>
            """
    }
}
