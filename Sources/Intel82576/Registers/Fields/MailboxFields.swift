// SPDX-License-Identifier: Apache-2.0

// Generated from the comments in MailboxRegisters.swift by Scripts/rules/fields.py; do not edit. `make docs`
// writes it anew.
// swift-format-ignore-file

extension VFMAILBOX {
    package static var fields: [RegisterField] {
        [
            RegisterField("Req", 0...0, "There is a message for the PF"),
            RegisterField("Ack", 1...1, "The PF's message is taken"),
            RegisterField("VFU", 2...2, "The VF owns the buffer"),
            RegisterField("PFU", 3...3, "The PF owns the buffer"),
            RegisterField("PFSTS", 4...4, "The PF left a message. Cleared by the VF's read, like PFACK and RSTD"),
            RegisterField("PFACK", 5...5, "The PF took the VF's message"),
            RegisterField("RSTI", 6...6, "The PF is in reset: from there until its driver sets CTRL_EXT.PFRSTD"),
            RegisterField("RSTD", 7...7, "The PF came out of reset"),
        ]
    }
}

extension PFMAILBOX {
    package static var fields: [RegisterField] {
        [
            RegisterField("Sts", 0...0, "There is a message for the VF"),
            RegisterField("Ack", 1...1, "The VF's message is taken"),
            RegisterField("VFU", 2...2, "The VF owns the buffer. Read only"),
            RegisterField("PFU", 3...3, "Takes the buffer if the VF does not own it; zero gives it back"),
            RegisterField("RVFU", 4...4, "Takes the buffer away from the VF"),
        ]
    }
}

extension MBVFICR {
    package static var fields: [RegisterField] {
        [
            RegisterField("VFREQ", 0...7, "VFs with a message for the PF"),
            RegisterField("VFACK", 16...23, "VFs that took the PF's message"),
        ]
    }
}

extension MBVFIMR {
    package static var fields: [RegisterField] {
        [
            RegisterField("VFIM", 0...7, "VFs whose messages, acknowledgements and resets raise ICR.VMMB"),
        ]
    }
}

extension VFLRE {
    package static var fields: [RegisterField] {
        [
            RegisterField("VFLE", 0...7, "VFs that were reset. Cleared by writing ones"),
        ]
    }
}
