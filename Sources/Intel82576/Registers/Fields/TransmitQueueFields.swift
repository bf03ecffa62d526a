// SPDX-License-Identifier: Apache-2.0

// Generated from the comments in TransmitQueueRegisters.swift by Scripts/rules/fields.py; do not edit. `make docs`
// writes it anew.
// swift-format-ignore-file

extension TXDCTL {
    package static var fields: [RegisterField] {
        [
            RegisterField("PTHRESH", 0...4, "Descriptors left on chip at which more are fetched. Without effect"),
            RegisterField("HTHRESH", 8...12, "Free descriptors at which more are fetched. Without effect"),
            RegisterField("WTHRESH", 16...20, "Done descriptors that are written back together"),
            RegisterField("ENABLE", 25...25, "The queue works"),
            RegisterField("Priority", 27...27, "The queue has high priority. Without effect"),
        ]
    }
}

extension TDWBAL {
    package static var fields: [RegisterField] {
        [
            RegisterField("Head_WB_En", 0...0, "TDH is written to memory; descriptors are left alone"),
            RegisterField("WB_on_EITR", 1...1, "TDH is also written, EITR's interval later, for descriptors without RS; here at once"),
        ]
    }
}

extension TDLEN {
    package static var fields: [RegisterField] {
        [
            RegisterField("LEN", 0...19, "In bytes: a multiple of 128. Bits 6:4 are stored too, as Linux' register test expects"),
        ]
    }
}

extension TDH {
    package static var fields: [RegisterField] {
        [
            RegisterField("TDH", 0...15, "The descriptor's number"),
        ]
    }
}

extension TDT {
    package static var fields: [RegisterField] {
        [
            RegisterField("TDT", 0...15, "The descriptor's number"),
        ]
    }
}

extension TXCTL {
    package static var fields: [RegisterField] {
        [
            RegisterField("TX_Descriptor_DCA_EN", 5...5, "Descriptors go to the cache"),
            RegisterField("TXdescRDROEn", 9...9, "Descriptors are fetched with relaxed ordering"),
            RegisterField("TXdescWBROEn", 11...11, "Descriptors are written back with relaxed ordering"),
            RegisterField("TXDataReadROEn", 13...13, "Frames are read with relaxed ordering"),
            RegisterField("CPUID", 24...31, "The processor whose cache it is"),
        ]
    }
}
