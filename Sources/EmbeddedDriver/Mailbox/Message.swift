// SPDX-License-Identifier: Apache-2.0

/// A message of the mailbox between a VF and its PF: up to 16 words, of which the first says what it is.
///
/// The protocol is a convention of Intel's drivers, not of the chip, and the same for all of them.
package struct Message: Equatable {
    static let size = 16

    var words: [UInt32]

    package init(words: [UInt32]) { self.words = words }

    /// Type, bits 15:0 of the first word.
    var kind: Kind? { isAnswer ? nil : words.first.flatMap { Kind(rawValue: UInt16(truncatingIfNeeded: $0)) } }
    /// Bits 23:16 of the first word.
    package var information: Int { Int(self[0] >> 16 & 0xFF) }
    /// ACK or NACK is set: it answers, and asks for nothing.
    package var isAnswer: Bool { self[0] & (Mark.acknowledged | Mark.refused) != 0 }

    /// Words that were not sent are zero.
    package subscript(index: Int) -> UInt32 { words.indices.contains(index) ? words[index] : 0 }

    /// The address in words 1 and 2; `nil` for one that no station can have.
    var address: UnicastAddress? { UnicastAddress(low: self[1], high: self[2]) }

    /// Multicast hashes, two in a word from word 1 on.
    package var hashes: [UInt16] {
        (0..<min(information, MulticastTable.hashLimit)).map { index in
            UInt16(truncatingIfNeeded: self[1 + index / 2] >> UInt32(16 * (index % 2))) & 0xFFF
        }
    }

    /// What a VF asks for.
    package enum Kind: UInt16 {
        case reset = 0x01
        /// Information 0: its own address, 1: forget all further ones, 2: one more.
        case setAddress = 0x02
        /// Information: how many hashes.
        case setMulticast = 0x03
        /// Information 0: leave, 1: join. Word 1: the VLAN.
        case setVLAN = 0x04
        /// Word 1: the largest frame it takes.
        case setLongPackets = 0x05
        /// Information: ``Promiscuity``.
        case setPromiscuous = 0x06
    }

    package struct Promiscuity: OptionSet {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }
        package static let unicast = Promiscuity(rawValue: 1)
        package static let multicast = Promiscuity(rawValue: 2)
    }

    /// Bits of the first word.
    package enum Mark {
        /// CTS, bit 29: the VF's driver has been seen and may go on.
        package static let clearToSend: UInt32 = 1 << 29
        /// NACK, bit 30.
        package static let refused: UInt32 = 1 << 30
        /// ACK, bit 31.
        package static let acknowledged: UInt32 = 1 << 31
    }

    /// PF_CONTROL_MSG: the link changed, the VF's driver should read it.
    package static let linkNotice: UInt32 = 0x0100
}
