// SPDX-License-Identifier: Apache-2.0

/// CRCERRS — CRC Errors: received frames whose FCS is wrong. Only injected faults bring such (docs/operations.md).
package struct CRCERRS: Counter {
    package static var name: RegisterName { .CRCERRS }
    package static var offset: Int { 0x4000 }
    package static var specs: [RegisterSpec] { counter(in: "Receive/DamagedFrames.swift", "CRC error packets") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// MPC — Missed Packets: received frames lost for want of room.
package struct MPC: Counter {
    package static var name: RegisterName { .MPC }
    package static var offset: Int { 0x4010 }
    package static var specs: [RegisterSpec] {
        counter(in: "Receive/Receive.swift", "Missed packets: no Rx FIFO space")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// HTDPMC — Host Transmit Discarded Packets by MAC.
package struct HTDPMC: Counter {
    package static var name: RegisterName { .HTDPMC }
    package static var offset: Int { 0x403C }
    package static var specs: [RegisterSpec] {
        counter(in: "Port/Forwarding.swift", "Host Tx discarded packets by MAC")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// XONRXC — XON Received.
package struct XONRXC: Counter {
    package static var name: RegisterName { .XONRXC }
    package static var offset: Int { 0x4048 }
    package static var specs: [RegisterSpec] { counter(in: "FlowControl/FlowControl.swift", "XON received") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// XONTXC — XON Transmitted.
package struct XONTXC: Counter {
    package static var name: RegisterName { .XONTXC }
    package static var offset: Int { 0x404C }
    package static var specs: [RegisterSpec] { counter(in: "FlowControl/FlowControl.swift", "XON transmitted") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// XOFFRXC — XOFF Received.
package struct XOFFRXC: Counter {
    package static var name: RegisterName { .XOFFRXC }
    package static var offset: Int { 0x4050 }
    package static var specs: [RegisterSpec] { counter(in: "FlowControl/FlowControl.swift", "XOFF received") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// XOFFTXC — XOFF Transmitted.
package struct XOFFTXC: Counter {
    package static var name: RegisterName { .XOFFTXC }
    package static var offset: Int { 0x4054 }
    package static var specs: [RegisterSpec] { counter(in: "FlowControl/FlowControl.swift", "XOFF transmitted") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// FCRUC — Flow Control Received Unsupported: MAC control frames that are no PAUSE.
package struct FCRUC: Counter {
    package static var name: RegisterName { .FCRUC }
    package static var offset: Int { 0x4058 }
    package static var specs: [RegisterSpec] {
        counter(in: "FlowControl/FlowControl.swift", "Unsupported flow control frames received")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PRC64 — Packets Received of 64 bytes, FCS included.
package struct PRC64: Counter {
    package static var name: RegisterName { .PRC64 }
    package static var offset: Int { 0x405C }
    package static var specs: [RegisterSpec] {
        counter(in: "Statistics/Statistics.swift", "Rx good packets of 64 bytes")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PRC127 — Packets Received of 65 to 127 bytes.
package struct PRC127: Counter {
    package static var name: RegisterName { .PRC127 }
    package static var offset: Int { 0x4060 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Statistics.swift", "Rx good 65-127") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PRC255 — Packets Received of 128 to 255 bytes.
package struct PRC255: Counter {
    package static var name: RegisterName { .PRC255 }
    package static var offset: Int { 0x4064 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Statistics.swift", "Rx good 128-255") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PRC511 — Packets Received of 256 to 511 bytes.
package struct PRC511: Counter {
    package static var name: RegisterName { .PRC511 }
    package static var offset: Int { 0x4068 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Statistics.swift", "Rx good 256-511") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PRC1023 — Packets Received of 512 to 1,023 bytes.
package struct PRC1023: Counter {
    package static var name: RegisterName { .PRC1023 }
    package static var offset: Int { 0x406C }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Statistics.swift", "Rx good 512-1023") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PRC1522 — Packets Received of 1,024 bytes and more.
package struct PRC1522: Counter {
    package static var name: RegisterName { .PRC1522 }
    package static var offset: Int { 0x4070 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Statistics.swift", "Rx good 1024-max") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// GPRC — Good Packets Received.
package struct GPRC: Counter {
    package static var name: RegisterName { .GPRC }
    package static var offset: Int { 0x4074 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Statistics.swift", "Good packets received") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// BPRC — Broadcast Packets Received.
package struct BPRC: Counter {
    package static var name: RegisterName { .BPRC }
    package static var offset: Int { 0x4078 }
    package static var specs: [RegisterSpec] {
        counter(in: "Statistics/Statistics.swift", "Broadcast packets received")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// MPRC — Multicast Packets Received.
package struct MPRC: Counter {
    package static var name: RegisterName { .MPRC }
    package static var offset: Int { 0x407C }
    package static var specs: [RegisterSpec] {
        counter(in: "Statistics/Statistics.swift", "Multicast packets received")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// GPTC — Good Packets Transmitted.
package struct GPTC: Counter {
    package static var name: RegisterName { .GPTC }
    package static var offset: Int { 0x4080 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Statistics.swift", "Good packets transmitted") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// RNBC — Receive No Buffers: frames that found no descriptor.
package struct RNBC: Counter {
    package static var name: RegisterName { .RNBC }
    package static var offset: Int { 0x40A0 }
    package static var specs: [RegisterSpec] {
        counter(in: "Receive/FramePlacement.swift", "Receive no descriptors available")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// ROC — Receive Oversize: longer than allowed.
package struct ROC: Counter {
    package static var name: RegisterName { .ROC }
    package static var offset: Int { 0x40AC }
    package static var specs: [RegisterSpec] { counter(in: "Receive/Acceptance.swift", "Oversize with good CRC") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// TPR — Total Packets Received.
package struct TPR: Counter {
    package static var name: RegisterName { .TPR }
    package static var offset: Int { 0x40D0 }
    package static var specs: [RegisterSpec] { counter(in: "Receive/Receive.swift", "Total packets received") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// TPT — Total Packets Transmitted.
package struct TPT: Counter {
    package static var name: RegisterName { .TPT }
    package static var offset: Int { 0x40D4 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Statistics.swift", "Total packets transmitted") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PTC64 — Packets Transmitted of 64 bytes, FCS included.
package struct PTC64: Counter {
    package static var name: RegisterName { .PTC64 }
    package static var offset: Int { 0x40D8 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Statistics.swift", "Tx packets of 64 bytes") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PTC127 — Packets Transmitted of 65 to 127 bytes.
package struct PTC127: Counter {
    package static var name: RegisterName { .PTC127 }
    package static var offset: Int { 0x40DC }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Statistics.swift", "Tx 65-127") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PTC255 — Packets Transmitted of 128 to 255 bytes.
package struct PTC255: Counter {
    package static var name: RegisterName { .PTC255 }
    package static var offset: Int { 0x40E0 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Statistics.swift", "Tx 128-255") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PTC511 — Packets Transmitted of 256 to 511 bytes.
package struct PTC511: Counter {
    package static var name: RegisterName { .PTC511 }
    package static var offset: Int { 0x40E4 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Statistics.swift", "Tx 256-511") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PTC1023 — Packets Transmitted of 512 to 1,023 bytes.
package struct PTC1023: Counter {
    package static var name: RegisterName { .PTC1023 }
    package static var offset: Int { 0x40E8 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Statistics.swift", "Tx 512-1023") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PTC1522 — Packets Transmitted of 1,024 bytes and more.
package struct PTC1522: Counter {
    package static var name: RegisterName { .PTC1522 }
    package static var offset: Int { 0x40EC }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Statistics.swift", "Tx 1024-max") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// MPTC — Multicast Packets Transmitted.
package struct MPTC: Counter {
    package static var name: RegisterName { .MPTC }
    package static var offset: Int { 0x40F0 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Statistics.swift", "Multicast transmitted") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// BPTC — Broadcast Packets Transmitted.
package struct BPTC: Counter {
    package static var name: RegisterName { .BPTC }
    package static var offset: Int { 0x40F4 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Statistics.swift", "Broadcast transmitted") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// TSCTC — TCP Segmentation Contexts Transmitted.
package struct TSCTC: Counter {
    package static var name: RegisterName { .TSCTC }
    package static var offset: Int { 0x40F8 }
    package static var specs: [RegisterSpec] {
        counter(in: "Transmit/TransmitSegmentation.swift", "TSO contexts transmitted")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// IAC — Interrupt Assertions.
package struct IAC: Counter {
    package static var name: RegisterName { .IAC }
    package static var offset: Int { 0x4100 }
    package static var specs: [RegisterSpec] { counter(in: "Port/RegisterAccess.swift", "Interrupt assertions") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// RPTHC — Received Packets To Host.
package struct RPTHC: Counter {
    package static var name: RegisterName { .RPTHC }
    package static var offset: Int { 0x4104 }
    package static var specs: [RegisterSpec] { counter(in: "Receive/Receive.swift", "Rx packets to host") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// HGPTC — Host Good Packets Transmitted.
package struct HGPTC: Counter {
    package static var name: RegisterName { .HGPTC }
    package static var offset: Int { 0x4118 }
    package static var specs: [RegisterSpec] {
        counter(in: "Statistics/SentFrames.swift", "Host good packets transmitted")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// RXDMTC — Receive Descriptor Minimum Threshold: how often a ring fell to it.
package struct RXDMTC: Counter {
    package static var name: RegisterName { .RXDMTC }
    package static var offset: Int { 0x4120 }
    package static var specs: [RegisterSpec] {
        counter(in: "Receive/ReceiveWriteBack.swift", "Rx descriptor minimum threshold count")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// SSVPC — Switch Security Violation Packets: frames that failed an anti-spoof check.
package struct SSVPC: Counter {
    package static var name: RegisterName { .SSVPC }
    package static var offset: Int { 0x41A0 }
    package static var specs: [RegisterSpec] { counter(in: "Switch/Switch.swift", "Switch security violation packets") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// SDPC — Switch Drop Packets: switched frames that a pool had no room for.
package struct SDPC: Counter {
    package static var name: RegisterName { .SDPC }
    package static var offset: Int { 0x41A4 }
    package static var specs: [RegisterSpec] {
        counter(in: "Receive/FramePlacement.swift", "Switch drop packet count (local switch buffer full)")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}
