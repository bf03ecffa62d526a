// SPDX-License-Identifier: Apache-2.0

// Generated from the comments in SwitchRegisters.swift by Scripts/rules/fields.py; do not edit. `make docs`
// writes it anew.
// swift-format-ignore-file

extension VT_CTL {
    package static var fields: [RegisterField] {
        [
            RegisterField("DEF_PL", 7...9, "The pool that takes unicast from the wire that no filter knows"),
            RegisterField("IGMAC", 28...28, "Pools are told apart by VLAN alone"),
            RegisterField("Dis_Def_Pool", 29...29, "DEF_PL does not apply"),
            RegisterField("Rep_En", 30...30, "A frame may go to several pools"),
        ]
    }
}

extension VMOLR {
    package static var fields: [RegisterField] {
        [
            RegisterField("RLPML", 0...13, "Bytes of the longest frame, FCS included; applies with LPE"),
            RegisterField("LPE", 16...16, "Frames up to RLPML instead of 1518 bytes"),
            RegisterField("RSSE", 17...17, "Both queues of the pool are used (MRQC mode 5)"),
            RegisterField("AUPE", 24...24, "Frames without a tag are accepted"),
            RegisterField("ROMPE", 25...25, "Multicast that hits MTA is accepted"),
            RegisterField("ROPE", 26...26, "Unicast that hits UTA is accepted"),
            RegisterField("BAM", 27...27, "Broadcast is accepted"),
            RegisterField("MPE", 28...28, "Multicast to every address is accepted"),
            RegisterField("STRVLAN", 30...30, "The tag is not written to memory"),
            RegisterField("STRCRC", 31...31, "The FCS is not written to memory"),
        ]
    }
}

extension RPLOLR {
    package static var fields: [RegisterField] {
        [
            RegisterField("STRVLAN", 30...30, "The tag is not written to memory"),
            RegisterField("STRCRC", 31...31, "The FCS is not written to memory"),
        ]
    }
}

extension VLVF {
    package static var fields: [RegisterField] {
        [
            RegisterField("VLAN_Id", 0...11, "The VLAN"),
            RegisterField("POOLSEL", 12...19, "The pools in it"),
            RegisterField("LVLAN", 20...20, "The VLAN never leaves the device"),
            RegisterField("VI_En", 31...31, "The entry is valid"),
        ]
    }
}

extension VMVIR {
    package static var fields: [RegisterField] {
        [
            RegisterField("Port_VLAN_ID", 0...15, "Priority, CFI and identifier"),
            RegisterField("VLANA", 30...31, "0 leaves the tag to the descriptor, 1 always inserts this one, 2 none"),
        ]
    }
}

extension DTXSWC {
    package static var fields: [RegisterField] {
        [
            RegisterField("MACAS", 0...7, "Pools whose source address is checked"),
            RegisterField("VLANAS", 8...15, "Pools whose VLAN is checked"),
            RegisterField("LLE", 16...23, "Pools that get their own frames back"),
            RegisterField("Loopback_En", 31...31, "The switch works; otherwise everything goes to the wire"),
        ]
    }
}

extension VMRCTL {
    package static var fields: [RegisterField] {
        [
            RegisterField("VPME", 0...0, "Frames that a pool of VMRVM[n] receives are copied"),
            RegisterField("UPME", 1...1, "Frames from the wire are copied"),
            RegisterField("DPME", 2...2, "Frames to the wire are copied"),
            RegisterField("VLME", 3...3, "Frames in a VLAN of VMRVLAN[n] are copied"),
            RegisterField("MP", 8...10, "The pool that gets the copies"),
        ]
    }
}

extension VFRE {
    package static var fields: [RegisterField] {
        [
            RegisterField("VFRE", 0...7, "Pools that receive"),
        ]
    }
}

extension VFTE {
    package static var fields: [RegisterField] {
        [
            RegisterField("VFTE", 0...7, "Pools that send"),
        ]
    }
}

extension VMRVM {
    package static var fields: [RegisterField] {
        [
            RegisterField("VMRVM", 0...7, "The pools"),
        ]
    }
}
