// SPDX-License-Identifier: Apache-2.0

// Generated from the comments in ReceiveQueueRegisters.swift by Scripts/rules/fields.py; do not edit. `make docs`
// writes it anew.
// swift-format-ignore-file

extension RXDCTL {
    package static var fields: [RegisterField] {
        [
            RegisterField("PTHRESH", 0...4, "Descriptors left on chip at which more are fetched. Without effect"),
            RegisterField("HTHRESH", 8...12, "Free descriptors at which more are fetched. Without effect"),
            RegisterField("WTHRESH", 16...20, "Done descriptors that are written back together. Without effect"),
            RegisterField("ENABLE", 25...25, "The queue works"),
        ]
    }
}

extension SRRCTL {
    package static var fields: [RegisterField] {
        [
            RegisterField("BSIZEPACKET", 0...6, "In KB; 0 means RCTL.BSIZE"),
            RegisterField("BSIZEHEADER", 8...13, "In 64 bytes. No more than 960 are used: HDR_LEN has ten bits, and 15 units is as far as the field of the chip goes"),
            RegisterField("RDMTS", 20...24, "Free descriptors, in sixteens, at which RXDMT0 is raised"),
            RegisterField("DESCTYPE", 25...27, "What is done with the buffers of a descriptor. Reserved codes are served as one buffer"),
            RegisterField("Drop_En", 31...31, "A frame without descriptors is dropped, not held"),
        ]
    }
}

extension RDLEN {
    package static var fields: [RegisterField] {
        [
            RegisterField("LEN", 0...19, "In bytes: a multiple of 128. Bits 6:4 are stored too, as Linux' register test expects"),
        ]
    }
}

extension RDH {
    package static var fields: [RegisterField] {
        [
            RegisterField("RDH", 0...15, "The descriptor's number"),
        ]
    }
}

extension RDT {
    package static var fields: [RegisterField] {
        [
            RegisterField("RDT", 0...15, "The descriptor's number"),
        ]
    }
}

extension RQDPC {
    package static var fields: [RegisterField] {
        [
            RegisterField("RQDPC", 0...11, "Frames that the queue had no descriptor for. The read clears it; it sticks at its maximum"),
        ]
    }
}

extension RXCTL {
    package static var fields: [RegisterField] {
        [
            RegisterField("RX_Descriptor_DCA_EN", 5...5, "Descriptors go to the cache"),
            RegisterField("RX_Header_DCA_EN", 6...6, "Headers go to the cache"),
            RegisterField("RX_Payload_DCA_EN", 7...7, "Payload goes to the cache"),
            RegisterField("RXdescReadROEn", 9...9, "Descriptors are fetched with relaxed ordering"),
            RegisterField("RXdataWriteROEn", 13...13, "Frames are written with relaxed ordering"),
            RegisterField("CPUID", 24...31, "The processor whose cache it is"),
        ]
    }
}
