// SPDX-License-Identifier: Apache-2.0

// Generated from the comments in TransmitRegisters.swift by Scripts/rules/fields.py; do not edit. `make docs`
// writes it anew.
// swift-format-ignore-file

extension DTXCTL {
    package static var fields: [RegisterField] {
        [
            RegisterField("8023LL", 2...2, "The length of IEEE 802.3 frames is put in. Without effect"),
            RegisterField("VLAN_ADDED", 3...3, "The switch sees the tag that hardware puts in, which it always does here"),
            RegisterField("OOS_EN", 4...4, "A packet that makes no sense raises DOUTSYNC"),
            RegisterField("MDP_EN", 5...5, "A packet that makes no sense blocks its queue"),
            RegisterField("SPOOF_INT", 6...6, "A frame that fails a check raises DOUTSYNC"),
        ]
    }
}

extension TCTL {
    package static var fields: [RegisterField] {
        [
            RegisterField("EN", 1...1, "Frames are sent"),
            RegisterField("PSP", 3...3, "Short frames are padded to 64 bytes, FCS included"),
            RegisterField("CT", 4...11, "Attempts after collisions. Without effect: a full-duplex link has none"),
            RegisterField("BST", 12...21, "The time to back off after collisions. Without effect"),
            RegisterField("SWXOFF", 22...22, "A PAUSE frame of FCTTV quanta goes out; reads as zero"),
            RegisterField("RTLC", 24...24, "A frame is sent again after a late collision. Without effect"),
        ]
    }
}

extension DTXTCPFLGL {
    package static var fields: [RegisterField] {
        [
            RegisterField("TCP_Flg_first_seg", 0...11, "The flags that the first segment keeps"),
            RegisterField("TCP_Flg_mid_seg", 16...27, "The flags that the middle segments keep"),
        ]
    }
}

extension DTXTCPFLGH {
    package static var fields: [RegisterField] {
        [
            RegisterField("TCP_Flg_lst_seg", 0...11, "The flags that the last segment keeps"),
        ]
    }
}

extension RTTBCNRC {
    package static var fields: [RegisterField] {
        [
            RegisterField("RF_DEC", 0...13, "The factor's fraction"),
            RegisterField("RF_INT", 14...27, "The factor's integer part"),
            RegisterField("RS_ENA", 31...31, "The queue's rate is limited"),
        ]
    }
}

extension LVMMC {
    package static var fields: [RegisterField] {
        [
            RegisterField("Cause", 0...4, "1 a wrong address, 2 a wrong VLAN, 4 descriptors that make no packet"),
            RegisterField("Queue", 16...19, "The queue it was seen on"),
        ]
    }
}

extension MDFB {
    package static var fields: [RegisterField] {
        [
            RegisterField("MDFB", 0...15, "Queues that malicious driver detection has stopped. Writing a one lets a queue go"),
        ]
    }
}

extension WVBR {
    package static var fields: [RegisterField] {
        [
            RegisterField("Spoofing", 0...15, "Queues that a frame with an address or VLAN not theirs came from"),
            RegisterField("Blocked", 16...31, "Queues that were stopped"),
        ]
    }
}

extension RTTDQSEL {
    package static var fields: [RegisterField] {
        [
            RegisterField("TXDQ_IDX", 0...3, "The queue that RTTBCNRC is of"),
        ]
    }
}
