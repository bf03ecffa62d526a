// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Testing

@testable import KawelaDaemon

@Suite("A mailbox message in a trace") struct MailboxMessageTests {
    @Test(
        "is told in the words of its protocol",
        arguments: [
            (true, [0x01], "vf2 -> pf VF_RESET"),
            (false, [0x8000_0001, 0x0012_5452, 0xFF34], "pf -> vf2 VF_RESET ACK 52:54:12:00:34:ff"),
            (true, [0x0001_0002], "vf2 -> pf SET_MAC_ADDR clear 00:00:00:00:00:00"),
            (true, [0x0002_0002, 0x0012_5452, 0xFF34], "vf2 -> pf SET_MAC_ADDR add 52:54:12:00:34:ff"),
            (true, [0x0002_0003, 0x0456_0123], "vf2 -> pf SET_MULTICAST 0x0123 0x0456"),
            (true, [0x0001_0004, 5], "vf2 -> pf SET_VLAN join 5"), (true, [4, 6], "vf2 -> pf SET_VLAN leave 6"),
            (false, [0x6000_0004, 6], "pf -> vf2 SET_VLAN NACK CTS leave 6"),
            (true, [0x05, 1518], "vf2 -> pf SET_LPE 1518"), (true, [0x06], "vf2 -> pf SET_PROMISC off"),
            (true, [0x0003_0006], "vf2 -> pf SET_PROMISC unicast multicast"),
            (false, [0x2000_0100], "pf -> vf2 PF_CONTROL_MSG CTS"),
            (true, [0x77, 0xAB], "vf2 -> pf 0x0077 0x000000ab"),
        ] as [(Bool, [UInt32], String)])
    func text(_ isFromVF: Bool, _ words: [UInt32], _ expected: String) {
        #expect(MailboxMessage(virtualFunction: 2, isFromVF: isFromVF, words: words).text == expected)
    }

    @Test("has the words that its sender wrote, wherever the other side looked")
    func words() {
        var follower = MailboxFollower()
        #expect(follower.write(0, VMBMEM.offset(of: 112), 0x8000_0001) == nil)
        #expect(follower.write(0, VMBMEM.offset(of: 113), 9) == nil)
        let answer = follower.write(0, PFMAILBOX.offset(of: 7), 1)
        #expect(answer == MailboxMessage(virtualFunction: 7, isFromVF: false, words: [0x8000_0001, 9]))
        #expect(follower.write(8, VMBMEM.offset(of: 15), 5) == nil)
        let longest = follower.write(8, VFMAILBOX.offset, 1)
        #expect(longest?.words.count == 16 && longest?.words.last == 5 && longest?.isFromVF == true)
    }

    @Test("is none without a request: taking the buffer or acknowledging hands nothing over", arguments: [2, 4, 6])
    func quiet(_ command: UInt32) {
        var follower = MailboxFollower()
        #expect(follower.write(1, VFMAILBOX.offset, command) == nil)
        #expect(follower.write(0, PFMAILBOX.offset, command | 8) == nil)
    }
}
