// SPDX-License-Identifier: Apache-2.0

// Generated from the comments in VirtualFunctionRegisters.swift by Scripts/rules/fields.py; do not edit. `make docs`
// writes it anew.
// swift-format-ignore-file

extension PVTCTRL {
    package static var fields: [RegisterField] {
        [
            RegisterField("RST", 26...26, "Resets the VF. Reads as zero"),
        ]
    }
}

extension PVTSTATUS {
    package static var fields: [RegisterField] { STATUS.fields }
}

extension PVTEICS {
    package static var fields: [RegisterField] {
        [
            RegisterField("MSIX", 0...2, "A vector of the VF each"),
        ]
    }
}

extension PVTEIMS {
    package static var fields: [RegisterField] {
        [
            RegisterField("MSIX", 0...2, "A vector of the VF each"),
        ]
    }
}

extension PVTEIMC {
    package static var fields: [RegisterField] {
        [
            RegisterField("MSIX", 0...2, "A vector of the VF each"),
        ]
    }
}

extension PVTEIAC {
    package static var fields: [RegisterField] {
        [
            RegisterField("MSIX", 0...2, "A vector of the VF each"),
        ]
    }
}

extension PVTEIAM {
    package static var fields: [RegisterField] {
        [
            RegisterField("MSIX", 0...2, "A vector of the VF each"),
        ]
    }
}

extension PVTEICR {
    package static var fields: [RegisterField] {
        [
            RegisterField("MSIX", 0...2, "A vector of the VF each"),
        ]
    }
}
