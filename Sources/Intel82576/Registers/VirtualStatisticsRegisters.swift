// SPDX-License-Identifier: Apache-2.0

/// PFVFGPRC[n] — VF Good Packets Received.
package struct PFVFGPRC: VirtualCounter {
    package static var name: RegisterName { .PFVFGPRC }
    package static var offset: Int { 0x10010 }
    package static var virtualOffset: UInt32 { 0x0F10 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Counting.swift", "VF good packets received") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PFVFGPTC[n] — VF Good Packets Transmitted.
package struct PFVFGPTC: VirtualCounter {
    package static var name: RegisterName { .PFVFGPTC }
    package static var offset: Int { 0x10014 }
    package static var virtualOffset: UInt32 { 0x0F14 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Counting.swift", "VF good packets transmitted") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PFVFGORC[n] — VF Good Octets Received.
package struct PFVFGORC: VirtualCounter {
    package static var name: RegisterName { .PFVFGORC }
    package static var offset: Int { 0x10018 }
    package static var virtualOffset: UInt32 { 0x0F18 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Counting.swift", "VF good octets received") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PFVFGOTC[n] — VF Good Octets Transmitted.
package struct PFVFGOTC: VirtualCounter {
    package static var name: RegisterName { .PFVFGOTC }
    package static var offset: Int { 0x10034 }
    package static var virtualOffset: UInt32 { 0x0F34 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Counting.swift", "VF good octets transmitted") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PFVFMPRC[n] — VF Multicast Packets Received.
package struct PFVFMPRC: VirtualCounter {
    package static var name: RegisterName { .PFVFMPRC }
    package static var offset: Int { 0x1003C }
    package static var virtualOffset: UInt32 { 0x0F3C }
    package static var specs: [RegisterSpec] {
        counter(in: "Statistics/Counting.swift", "VF multicast packets received (0x10038 in public drivers)")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PFVFGPRLBC[n] — VF Good Packets Received by local switching.
package struct PFVFGPRLBC: VirtualCounter {
    package static var name: RegisterName { .PFVFGPRLBC }
    package static var offset: Int { 0x10040 }
    package static var virtualOffset: UInt32 { 0x0F40 }
    package static var specs: [RegisterSpec] {
        counter(in: "Statistics/Counting.swift", "VF loopback packets received")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PFVFGPTLBC[n] — VF Good Packets Transmitted to local switching.
package struct PFVFGPTLBC: VirtualCounter {
    package static var name: RegisterName { .PFVFGPTLBC }
    package static var offset: Int { 0x10044 }
    package static var virtualOffset: UInt32 { 0x0F44 }
    package static var specs: [RegisterSpec] {
        counter(in: "Statistics/Counting.swift", "VF loopback packets transmitted")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PFVFGORLBC[n] — VF Good Octets Received by local switching.
package struct PFVFGORLBC: VirtualCounter {
    package static var name: RegisterName { .PFVFGORLBC }
    package static var offset: Int { 0x10048 }
    package static var virtualOffset: UInt32 { 0x0F48 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Counting.swift", "VF loopback octets received") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PFVFGOTLBC[n] — VF Good Octets Transmitted to local switching.
package struct PFVFGOTLBC: VirtualCounter {
    package static var name: RegisterName { .PFVFGOTLBC }
    package static var offset: Int { 0x10050 }
    package static var virtualOffset: UInt32 { 0x0F50 }
    package static var specs: [RegisterSpec] {
        counter(in: "Statistics/Counting.swift", "VF loopback octets transmitted")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}
