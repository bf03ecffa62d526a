// SPDX-License-Identifier: Apache-2.0

// Generated from the comments in StormRegisters.swift by Scripts/rules/fields.py; do not edit. `make docs`
// writes it anew.
// swift-format-ignore-file

extension SCCRL {
    package static var fields: [RegisterField] {
        [
            RegisterField("MDIPW", 0...0, "Drop multicast while the window before exceeded the threshold"),
            RegisterField("MDICW", 1...1, "Drop multicast once the current window exceeds the threshold"),
            RegisterField("BDIPW", 2...2, "Drop broadcast while the window before exceeded the threshold"),
            RegisterField("BDICW", 3...3, "Drop broadcast once the current window exceeds the threshold"),
            RegisterField("INTERVAL", 8...17, "Length of a window in units of SCBI"),
        ]
    }
}

extension SCSTS {
    package static var fields: [RegisterField] {
        [
            RegisterField("BSCA", 0...0, "Broadcast exceeds its threshold in this window"),
            RegisterField("BSCAP", 1...1, "Broadcast exceeded its threshold in the window before"),
            RegisterField("MSCA", 2...2, "Multicast exceeds its threshold in this window"),
            RegisterField("MSCAP", 3...3, "Multicast exceeded its threshold in the window before"),
        ]
    }
}

extension BSCTRH {
    package static var fields: [RegisterField] {
        [
            RegisterField("UTRESH", 0...18, "What a window may bring, in chunks of 64 bytes"),
        ]
    }
}

extension MSCTRH {
    package static var fields: [RegisterField] {
        [
            RegisterField("UTRESH", 0...18, "What a window may bring, in chunks of 64 bytes"),
        ]
    }
}
