// SPDX-License-Identifier: Apache-2.0

// Generated from the comments in FlowControlRegisters.swift by Scripts/rules/fields.py; do not edit. `make docs`
// writes it anew.
// swift-format-ignore-file

extension FCRTH {
    package static var fields: [RegisterField] {
        [
            RegisterField("RTH", 4...15, "Bytes in the packet buffer at which XOFF is sent. With 0 none is"),
        ]
    }
}

extension FCRTL {
    package static var fields: [RegisterField] {
        [
            RegisterField("RTL", 4...15, "Bytes in the packet buffer at which the need for XOFF ends"),
            RegisterField("XONE", 31...31, "XON is sent then; without it the partner waits its time out"),
        ]
    }
}

extension FCTTV {
    package static var fields: [RegisterField] {
        [
            RegisterField("TTV", 0...15, "The pause that XOFF asks for, in quanta of 512 bit times"),
        ]
    }
}

extension FCRTV {
    package static var fields: [RegisterField] {
        [
            RegisterField("FC_refresh_th", 0...15, "Quanta left of the pause asked for when XOFF is sent again"),
        ]
    }
}

extension FCAH {
    package static var fields: [RegisterField] {
        [
            RegisterField("FCAH", 0...15, "The last two bytes of the address"),
        ]
    }
}

extension FCT {
    package static var fields: [RegisterField] {
        [
            RegisterField("FCT", 0...15, "The EtherType of MAC control"),
        ]
    }
}
