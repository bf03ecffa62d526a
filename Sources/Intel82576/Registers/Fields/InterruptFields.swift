// SPDX-License-Identifier: Apache-2.0

// Generated from the comments in InterruptRegisters.swift by Scripts/rules/fields.py; do not edit. `make docs`
// writes it anew.
// swift-format-ignore-file

extension GPIE {
    package static var fields: [RegisterField] {
        [
            RegisterField("NSICR", 0...0, "A read of ICR clears it and applies IAM whatever IMS holds"),
            RegisterField("Multiple_MSIX", 4...4, "One vector per EICR bit; otherwise every cause goes to one interrupt"),
            RegisterField("LL_Interval", 7...11, "To gain a low-latency credit takes one more than this, in units of 4 microseconds"),
            RegisterField("EIAME", 30...30, "EIAM masks EIMS when a message is sent, not when EICR is accessed"),
            RegisterField("PBA_support", 31...31, "Delivery clears the pending bit; without it PBACLR does"),
        ]
    }
}

extension EITR {
    package static var fields: [RegisterField] {
        [
            RegisterField("Interval", 2...14, "The least time between two messages, in microseconds. Linux writes microseconds times four: 648 is 162 us"),
            RegisterField("LLI_EN", 15...15, "Low-latency interrupts are rationed by credits; without it each leaves at once"),
            RegisterField("LL_Counter", 16...20, "The credits that a write sets"),
            RegisterField("Moderation_Counter", 21...30, "As written; the running counter cannot be read"),
            RegisterField("CNT_INGR", 31...31, "The write leaves the running counter alone"),
        ]
    }
}

extension CauseRegister {
    package static var fields: [RegisterField] {
        [
            RegisterField("TXDW", 0...0, "A transmit descriptor was written back (not in multiple-MSI-X mode)"),
            RegisterField("LSC", 2...2, "The link came or went"),
            RegisterField("RXDMT0", 4...4, "A receive ring fell to its SRRCTL.RDMTS threshold"),
            RegisterField("RXO", 6...6, "A received frame was lost for want of room"),
            RegisterField("RXDW", 7...7, "A receive descriptor was written back (not in multiple-MSI-X mode)"),
            RegisterField("VMMB", 8...8, "A VF wrote to its mailbox, or was reset"),
            RegisterField("MDAC", 9...9, "A command in MDIC with MDI_IE is done"),
            RegisterField("SCE", 25...25, "Broadcast or multicast exceeded its storm control threshold"),
            RegisterField("Software_WD", 26...26, "WDSTP's time passed without a sign of life from the driver"),
            RegisterField("DOUTSYNC", 28...28, "A sent frame failed an anti-spoof check, or descriptors made no packet"),
            RegisterField("INTA", 31...31, "Reads as one while an enabled cause is pending"),
        ]
    }
}

extension ExtendedCauseRegister {
    package static var fields: [RegisterField] {
        [
            RegisterField("MSIX", 0...24, "With GPIE.Multiple_MSIX a vector each; otherwise 15:0 are RTxQ, the causes of IVAR"),
            RegisterField("TCP_Timer", 30...30, "Without GPIE.Multiple_MSIX, TCPTIMER has expired"),
            RegisterField("Other_Cause", 31...31, "Without GPIE.Multiple_MSIX, a cause of ICR that IMS enables"),
        ]
    }
}

extension IVAR {
    package static var fields: [RegisterField] {
        [
            RegisterField("INT_Alloc[0]", 0...4, "Receive queue n: the vector"),
            RegisterField("INT_Alloc_val[0]", 7...7, "Receive queue n: the cause raises its vector"),
            RegisterField("INT_Alloc[1]", 8...12, "Transmit queue n: the vector"),
            RegisterField("INT_Alloc_val[1]", 15...15, "Transmit queue n: the cause raises its vector"),
            RegisterField("INT_Alloc[2]", 16...20, "Receive queue n + 8: the vector"),
            RegisterField("INT_Alloc_val[2]", 23...23, "Receive queue n + 8: the cause raises its vector"),
            RegisterField("INT_Alloc[3]", 24...28, "Transmit queue n + 8: the vector"),
            RegisterField("INT_Alloc_val[3]", 31...31, "Transmit queue n + 8: the cause raises its vector"),
        ]
    }
}

extension IVAR_MISC {
    package static var fields: [RegisterField] {
        [
            RegisterField("INT_Alloc[32]", 0...4, "The TCP timer; in VTIVAR_MISC the mailbox: the vector"),
            RegisterField("INT_Alloc_val[32]", 7...7, "The TCP timer; in VTIVAR_MISC the mailbox: the cause raises its vector"),
            RegisterField("INT_Alloc[33]", 8...12, "The causes of ICR: the vector"),
            RegisterField("INT_Alloc_val[33]", 15...15, "The causes of ICR: the cause raises its vector"),
        ]
    }
}
