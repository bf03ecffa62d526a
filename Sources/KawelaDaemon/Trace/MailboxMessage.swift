// SPDX-License-Identifier: Apache-2.0

import EmbeddedDriver
import Intel82576

/// A message between the PF and a VF, as the write that hands it over shows it.
struct MailboxMessage: Equatable {
    var virtualFunction: Int
    var isFromVF: Bool
    /// Those that were written since the last message, at least one.
    var words: [UInt32]

    var sender: String { functionName(isFromVF ? virtualFunction + 1 : 0) }
    var receiver: String { functionName(isFromVF ? 0 : virtualFunction + 1) }

    /// `vf0 -> pf SET_VLAN join 5`.
    var text: String { "\(sender) -> \(receiver) " + ([name] + answer + details).joined(separator: " ") }
}

// MARK: What it says

extension MailboxMessage {
    private var message: Message { Message(words: words) }
    private var type: UInt16 { UInt16(truncatingIfNeeded: words[0]) }

    /// By the names that drivers have for it; the number when they have none.
    var name: String {
        if UInt32(type) == Message.linkNotice { return "PF_CONTROL_MSG" }
        switch Message.Kind(rawValue: type) {
        case .reset: return "VF_RESET"
        case .setAddress: return "SET_MAC_ADDR"
        case .setMulticast: return "SET_MULTICAST"
        case .setVLAN: return "SET_VLAN"
        case .setLongPackets: return "SET_LPE"
        case .setPromiscuous: return "SET_PROMISC"
        case nil: return hexadecimal(UInt64(type), bytes: 2)
        }
    }

    private var answer: [String] {
        let marks = [
            (Message.Mark.acknowledged, "ACK"), (Message.Mark.refused, "NACK"), (Message.Mark.clearToSend, "CTS"),
        ]
        return marks.filter { words[0] & $0.0 != 0 }.map(\.1)
    }

    private var details: [String] {
        switch Message.Kind(rawValue: type) {
        case .reset: message.isAnswer ? [address] : []
        case .setAddress: purpose + [address]
        case .setMulticast: message.hashes.map { hexadecimal(UInt64($0), bytes: 2) }
        case .setVLAN: [message.information == 0 ? "leave" : "join", "\(message[1] & 0xFFF)"]
        case .setLongPackets: ["\(message[1])"]
        case .setPromiscuous: promiscuity
        case nil: words.dropFirst().map { hexadecimal(UInt64($0), bytes: 4) }
        }
    }

    private var purpose: [String] {
        switch message.information {
        case 0: []
        case 1: ["clear"]
        case 2: ["add"]
        default: ["\(message.information)"]
        }
    }

    private var promiscuity: [String] {
        let wanted = Message.Promiscuity(rawValue: message.information)
        if wanted.isEmpty { return ["off"] }
        return (wanted.contains(.unicast) ? ["unicast"] : []) + (wanted.contains(.multicast) ? ["multicast"] : [])
    }

    /// Words 1 and 2, in the order that the bytes have on the wire.
    private var address: String {
        let bytes = UInt64(message[1].byteSwapped) << 16 | UInt64(UInt16(truncatingIfNeeded: message[2]).byteSwapped)
        return MACAddress(value: bytes).description
    }
}

// MARK: Following the mailboxes

/// The mailboxes of all VFs, as the writes of both sides leave them.
struct MailboxFollower {
    private struct Buffer {
        var words = [UInt32](repeating: 0, count: VMBMEM.wordsPerFunction)
        /// Words from the first to the last that was written since the last message.
        var written = 0
    }

    private var buffers = [Buffer](repeating: Buffer(), count: VFMAILBOX.count)

    /// Takes note of a write of 32 bits to BAR 0, and returns the message that it hands over, if it does.
    mutating func write(_ function: Int, _ offset: Int, _ value: UInt32) -> MailboxMessage? {
        let share = function == 0 ? 0 : (function - 1) * VMBMEM.wordsPerFunction
        let count = function == 0 ? VMBMEM.count : VMBMEM.wordsPerFunction
        if VMBMEM.offset..<VMBMEM.offset(of: count) ~= offset {
            store(value, at: share + (offset - VMBMEM.offset) / 4)
        } else if function == 0, PFMAILBOX.offset..<PFMAILBOX.offset(of: PFMAILBOX.count) ~= offset {
            if PFMAILBOX(raw: value).signals { return send((offset - PFMAILBOX.offset) / 4, isFromVF: false) }
        } else if function > 0, offset == VFMAILBOX.offset, VFMAILBOX.Command(raw: value).requests {
            return send(function - 1, isFromVF: true)
        }
        return nil
    }

    private mutating func store(_ value: UInt32, at word: Int) {
        let (index, place) = word.quotientAndRemainder(dividingBy: VMBMEM.wordsPerFunction)
        buffers[index].words[place] = value
        buffers[index].written = max(buffers[index].written, place + 1)
    }

    private mutating func send(_ index: Int, isFromVF: Bool) -> MailboxMessage {
        defer { buffers[index].written = 0 }
        let words = buffers[index].words.prefix(max(1, buffers[index].written))
        return MailboxMessage(virtualFunction: index, isFromVF: isFromVF, words: Array(words))
    }
}
