// SPDX-License-Identifier: Apache-2.0

// Generated from the comments in PHYControlRegisters.swift by Scripts/rules/fields.py; do not edit. `make docs`
// writes it anew.
// swift-format-ignore-file

extension MDIC {
    package static var fields: [RegisterField] {
        [
            RegisterField("DATA", 0...15, "What is written or was read"),
            RegisterField("REGADD", 16...20, "The register of the PHY"),
            RegisterField("PHYADD", 21...25, "The PHY's address"),
            RegisterField("OP", 26...27, "1 writes, 2 reads. A reserved code, nil, does nothing"),
            RegisterField("R", 28...28, "The command is done"),
            RegisterField("MDI_IE", 29...29, "The end of the command is an interrupt cause"),
            RegisterField("E", 30...30, "Nothing answered"),
            RegisterField("Destination", 31...31, "The command is for an external PHY"),
        ]
    }
}
