// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Testing

@testable import KawelaDaemon

@Suite("The comment of a captured frame") struct CaptureCommentTests {
    private func comment(_ sighting: FrameSighting, _ left: FrameBatch.Offload = FrameBatch.Offload()) -> String {
        sighting.comment(left: left)
    }

    @Test("says which queue of which function got it from whom, by what rule, and what was done to it")
    func received() {
        var offloads = ReceiveOffloads(rule: .rss(hash: 0xABC, type: .tcpIPv4))
        offloads.strippedTag = 100
        (offloads.hasRightIPChecksum, offloads.hasRightTransportChecksum) = (true, false)
        (offloads.headerLength, offloads.isStamped) = (54, true)
        #expect(
            comment(FrameSighting(.received, queue: 9, pool: 1, sender: 0, function: 2, receive: offloads))
                == "received by vf1 queue 1, pool 1, from pool 0; queue by RSS, TCP/IPv4 hash 0x00000abc; "
                + "VLAN tag 0x0064 stripped; IP checksum right; L4 checksum wrong; 54 bytes in the header buffer; "
                + "time in RXSTMP")
    }

    @Test("says what was inserted, and which segment of what it is")
    func sent() {
        var offloads = TransmitOffloads()
        (offloads.insertedTag, offloads.insertsIPChecksum, offloads.insertsTransportChecksum) = (5, true, true)
        (offloads.packetLength, offloads.segment) = (64054, 3)
        #expect(
            comment(FrameSighting(.sent, queue: 12, function: 0, transmit: offloads))
                == "sent by pf queue 12; VLAN tag 0x0005 inserted; IP checksum inserted; L4 checksum inserted; "
                + "segment 3 of a packet of 64054 bytes")
    }

    @Test("says what is left to do in it")
    func left() {
        var offload = FrameBatch.Offload()
        (offload.needsChecksum, offload.segmentation, offload.segmentSize) = (true, .tcp4, 1448)
        #expect(
            comment(FrameSighting(.arrived), offload)
                == "arrived; L4 checksum not complete yet; not cut yet into segments of 1448 bytes")
        #expect(comment(FrameSighting(.left)) == "left, sent by the MAC itself")
    }

    @Test("says why it was dropped, in words and by the name of the counter", arguments: DropReason.allCases)
    func dropped(reason: DropReason) {
        let text = comment(FrameSighting(.dropped(reason), queue: 1, pool: 1, sender: 0, function: 2))
        #expect(text.hasPrefix("dropped: "))
        #expect(text.hasSuffix(" (\(reason.name)), vf1 queue 0, pool 1, from pool 0"))
    }

    @Test(
        "names the rule that chose the queue",
        arguments: [
            (QueueRule.defaultQueue, "MRQC, the default queue"), (.pool, "its pool"),
            (.etherType(3), "EtherType filter 3"), (.tuple(2), "5-tuple filter 2"), (.syn, "SYN filter"),
        ])
    func rules(rule: QueueRule, name: String) {
        let sighting = FrameSighting(.received, queue: 0, function: 0, receive: ReceiveOffloads(rule: rule))
        #expect(comment(sighting) == "received by pf queue 0; queue by \(name)")
    }
}
