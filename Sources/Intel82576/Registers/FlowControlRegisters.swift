// SPDX-License-Identifier: Apache-2.0

/// FCRTH — Flow Control Receive Threshold High.
package struct FCRTH: Register {
    package static var name: RegisterName { .FCRTH }
    package static var offset: Int { 0x2168 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFFF0, alias: 0x0160, section: "8.5", in: "FlowControl/FlowControl.swift",
                "Pause high watermark (XOFF)")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// RTH, bits 15:4: bytes in the packet buffer at which XOFF is sent. With 0 none is.
    package var bytes: Int { Int(raw & 0xFFF0) }
}

/// FCRTL — Flow Control Receive Threshold Low.
package struct FCRTL: Register {
    package static var name: RegisterName { .FCRTL }
    package static var offset: Int { 0x2160 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x8000_FFF0, alias: 0x0168, section: "8.5", in: "FlowControl/FlowControl.swift",
                "Pause low watermark (XON), bit31 XONE")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// RTL, bits 15:4: bytes in the packet buffer at which the need for XOFF ends.
    package var bytes: Int { Int(raw & 0xFFF0) }
    /// XONE, bit 31. XON is sent then; without it the partner waits its time out.
    package var sendsXON: Bool {
        get { self[31] }
        set { self[31] = newValue }
    }
}

/// FCTTV — Flow Control Transmit Timer Value.
package struct FCTTV: Register {
    package static var name: RegisterName { .FCTTV }
    package static var offset: Int { 0x0170 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFFFF, section: "8.5", in: "FlowControl/FlowControl.swift",
                "Pause timer value sent")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// TTV, bits 15:0: the pause that XOFF asks for, in quanta of 512 bit times.
    package var quanta: UInt16 { UInt16(truncatingIfNeeded: raw) }
}

/// FCRTV — Flow Control Refresh Threshold Value.
package struct FCRTV: Register {
    package static var name: RegisterName { .FCRTV }
    package static var offset: Int { 0x2460 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFFFF, section: "8.5", in: "FlowControl/FlowControl.swift",
                "Pause refresh threshold")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// FC_refresh_th, bits 15:0: quanta left of the pause asked for when XOFF is sent again.
    package var quanta: UInt16 { UInt16(truncatingIfNeeded: raw) }
}

/// FCAL — Flow Control Address Low: the first four bytes of the address that PAUSE frames go to.
package struct FCAL: Register {
    package static var name: RegisterName { .FCAL }
    package static var offset: Int { 0x0028 }
    // Resets of FCAL, FCAH and FCT: the pause constants of 802.3, which drivers write anyway; not confirmed.
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, reset: 0x00C2_8001, section: "8.5", in: "FlowControl/FlowControl.swift",
                "Pause destination address low")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// FCAH — Flow Control Address High.
package struct FCAH: Register {
    package static var name: RegisterName { .FCAH }
    package static var offset: Int { 0x002C }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFFFF, reset: 0x0100, section: "8.5", in: "FlowControl/FlowControl.swift",
                "Pause destination address high")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// FCAH, bits 15:0: the last two bytes of the address.
    package var address: UInt32 {
        get { self[0...15] }
        set { self[0...15] = newValue }
    }
}

/// FCT — Flow Control Type.
package struct FCT: Register {
    package static var name: RegisterName { .FCT }
    package static var offset: Int { 0x0030 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFFFF, reset: 0x8808, section: "8.5", in: "FlowControl/FlowControl.swift",
                "Pause EtherType")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// FCT, bits 15:0: the EtherType of MAC control.
    package var etherType: UInt16 {
        get { UInt16(truncatingIfNeeded: self[0...15]) }
        set { self[0...15] = UInt32(newValue) }
    }
}
