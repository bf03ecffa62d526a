// SPDX-License-Identifier: Apache-2.0

// Generated from the comments in TimeRegisters.swift by Scripts/rules/fields.py; do not edit. `make docs`
// writes it anew.
// swift-format-ignore-file

extension TIMINCA {
    package static var fields: [RegisterField] {
        [
            RegisterField("INCVALUE", 0...23, "What SYSTIM grows by each period. Linux: 16 ns in units of 2^-19 ns"),
            RegisterField("INCPERIOD", 24...31, "The period, in clocks of 16 ns in the register; 0 works as 1"),
        ]
    }
}

extension TSYNCTXCTL {
    package static var fields: [RegisterField] {
        [
            RegisterField("TXTT", 0...0, "TXSTMP holds a stamp; no other is taken until TXSTMPH is read"),
            RegisterField("EN", 4...4, "Frames that ask for it are stamped"),
        ]
    }
}

extension TSYNCRXCTL {
    package static var fields: [RegisterField] {
        [
            RegisterField("RXTT", 0...0, "RXSTMP holds a stamp; no other is taken until RXSTMPH is read"),
            RegisterField("Type", 1...3, "Which packets are stamped. A reserved value, nil, stamps nothing"),
            RegisterField("EN", 4...4, "Packets of that type are stamped"),
            RegisterField("SYSCFI", 5...5, "As in the datasheet of the I210. Without effect"),
        ]
    }
}

extension TSYNCRXCFG {
    package static var fields: [RegisterField] {
        [
            RegisterField("CTRLT", 0...7, "The control field of version 1"),
            RegisterField("MSGT", 8...11, "The message type of version 2"),
            RegisterField("TRNSSPC", 12...15, "The transportSpecific of version 2, which is not compared: IEEE 802.1AS sets it"),
        ]
    }
}

extension TIMADJH {
    package static var fields: [RegisterField] {
        [
            RegisterField("TADJH", 0...30, "The upper half of the magnitude"),
            RegisterField("Sign", 31...31, "Set to subtract"),
        ]
    }
}

extension RXSATRH {
    package static var fields: [RegisterField] {
        [
            RegisterField("SourceIDH", 0...15, "The upper two bytes of the sender's identity"),
            RegisterField("SequenceID", 16...31, "The message's sequenceId"),
        ]
    }
}
