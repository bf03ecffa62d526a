// SPDX-License-Identifier: Apache-2.0

// Generated from the comments in FilterRegisters.swift by Scripts/rules/fields.py; do not edit. `make docs`
// writes it anew.
// swift-format-ignore-file

extension ETQF {
    package static var fields: [RegisterField] {
        [
            RegisterField("EType", 0...15, "The EtherType to match"),
            RegisterField("Rx_Queue", 16...19, "The queue for what matches"),
            RegisterField("Filter_Enable", 26...26, "The other actions need it"),
            RegisterField("Immediate_Interrupt", 29...29, "What matches interrupts at once"),
            RegisterField("1588_Time_Stamp", 30...30, "What matches is a packet to stamp"),
            RegisterField("Queue_Enable", 31...31, "What matches goes to Rx_Queue"),
        ]
    }
}

extension FTQF {
    package static var fields: [RegisterField] {
        [
            RegisterField("Protocol", 0...7, "The IP protocol to match"),
            RegisterField("Queue_Enable", 8...8, "What matches goes to Rx_Queue"),
            RegisterField("VF", 12...14, "The pool it is for. No public driver uses it; the place is from memory"),
            RegisterField("VF_Mask", 15...15, "The filter is for all pools"),
            RegisterField("Rx_Queue", 16...19, "The queue for what matches"),
            RegisterField("1588_Time_Stamp", 27...27, "What matches is a packet to stamp"),
            RegisterField("Mask[0]", 28...28, "The protocol is not compared"),
            RegisterField("Mask[1]", 29...29, "The source address is not compared"),
            RegisterField("Mask[2]", 30...30, "The destination address is not compared"),
            RegisterField("Mask[3]", 31...31, "The source port is not compared"),
        ]
    }
}

extension IMIR {
    package static var fields: [RegisterField] {
        [
            RegisterField("Destination_Port", 0...15, "In the order of the wire: its first byte lowest (igb writes htons(319))"),
            RegisterField("PORT_IM_EN", 16...16, "What matches interrupts at once"),
            RegisterField("PORT_BP", 17...17, "The destination port is not compared"),
            RegisterField("Filter_Priority", 29...31, "Which of several filters that match decides; 7 is the highest"),
        ]
    }
}

extension IMIREXT {
    package static var fields: [RegisterField] {
        [
            RegisterField("Size_Thresh", 0...11, "The frame is shorter"),
            RegisterField("Size_BP", 12...12, "The size is not compared"),
            RegisterField("CtrlBit", 13...18, "URG, ACK, PSH, RST, SYN, FIN from the lowest on. As a TCP header has them, FIN lowest"),
            RegisterField("CtrlBit_BP", 19...19, "Flags are not compared"),
        ]
    }
}

extension IMIRVP {
    package static var fields: [RegisterField] {
        [
            RegisterField("Vlan_Pri", 0...2, "This priority and higher ones interrupt at once"),
            RegisterField("Vlan_Pri_en", 3...3, "Vlan_Pri applies"),
        ]
    }
}

extension SYNQF {
    package static var fields: [RegisterField] {
        [
            RegisterField("Queue_Enable", 0...0, "A TCP packet with SYN goes to Rx_Queue"),
            RegisterField("Rx_Queue", 1...4, "The queue for what matches"),
        ]
    }
}

extension SPQF {
    package static var fields: [RegisterField] {
        [
            RegisterField("Source_Port", 0...15, "In the order of the wire: its first byte lowest"),
        ]
    }
}
