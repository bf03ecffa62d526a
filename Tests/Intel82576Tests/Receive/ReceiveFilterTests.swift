// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Receive filters")
struct ReceiveFilterTests {
    private let driver = TestDriver.started()
    private let stranger: [UInt8] = [2, 0, 0, 0, 0, 0x77]
    private let multicast: [UInt8] = [0x01, 0x00, 0x5E, 0x7F, 0xAB, 0xCD]

    private static let enable: UInt32 = 1 << 1 | 1 << 26
    private static let (upe, mpe, bam, vfe): (UInt32, UInt32, UInt32, UInt32) = (1 << 3, 1 << 4, 1 << 15, 1 << 18)

    /// What arrives of one frame under `control`.
    private func receive(_ frame: [UInt8], _ control: UInt32, _ ring: inout TestDriver.ReceiveRing) -> TestDriver
        .Received?
    {
        driver[raw: RCTL.self] = Self.enable | control
        driver.arrive(frame)
        return driver.take(&ring)
    }

    private func isTaken(_ destination: [UInt8], _ control: UInt32 = 0) -> Bool {
        var ring = driver.makeReceiveRing()
        return receive(TestDriver.frame(1, to: destination), control, &ring)?.bytes
            == TestDriver.frame(1, to: destination)
    }

    /// PIF of the one frame that arrives.
    private func isInexact(_ destination: [UInt8], _ control: UInt32) -> Bool? {
        var ring = driver.makeReceiveRing()
        return receive(TestDriver.frame(1, to: destination), control, &ring).map { $0.status & 1 << 7 != 0 }
    }

    private func setAddress(_ index: Int, _ address: [UInt8], select: UInt32 = 0, isValid: Bool = true) {
        let base = index < 16 ? 0x5400 + 8 * index : 0x54E0 + 8 * (index - 16)
        driver[base] = (0..<4).reduce(0) { $0 | UInt32(address[$1]) << UInt32(8 * $1) }
        driver[base + 4] = UInt32(address[4]) | UInt32(address[5]) << 8 | select << 16 | (isValid ? 1 << 31 : 0)
    }

    @Test("the station address is taken, another is not")
    func station() {
        #expect(isTaken(TestDriver.ownAddress))
        #expect(!isTaken(stranger))
        #expect(!isTaken(multicast))
        #expect(!isTaken(TestDriver.broadcast))
    }

    @Test("a receiver that is not enabled takes nothing")
    func disabled() {
        var ring = driver.makeReceiveRing()
        driver[raw: RCTL.self] = Self.upe
        driver.arrive(TestDriver.frame())
        #expect(driver.take(&ring) == nil)
        #expect(driver.port.wantsFrames)
    }

    @Test("every one of the 24 exact filters works, and only while it is valid", arguments: 0..<24)
    func exact(_ index: Int) {
        setAddress(index, stranger)
        #expect(isTaken(stranger))
        #expect(isInexact(stranger, 0) == false)
        setAddress(index, stranger, isValid: false)
        #expect(!isTaken(stranger))
        setAddress(index, multicast)
        #expect(isTaken(multicast))
    }

    @Test("ASEL 1 compares the source address, the other codes nothing")
    func sourceSelect() {
        let sender: [UInt8] = [2, 0, 0, 0, 0, 0x99]
        #expect(!isTaken(stranger))
        setAddress(3, sender, select: 1)
        #expect(isTaken(stranger))
        for code in [2, 3] as [UInt32] {
            setAddress(3, sender, select: code)
            #expect(!isTaken(stranger) && !isTaken(sender))
        }
    }

    @Test("broadcast needs BAM or MPE")
    func broadcast() {
        #expect(isTaken(TestDriver.broadcast, Self.bam))
        #expect(isTaken(TestDriver.broadcast, Self.mpe))
        #expect(!isTaken(TestDriver.broadcast, Self.upe))
    }

    @Test("MPE takes every multicast, UPE every unicast, both marked PIF unless exact")
    func promiscuous() {
        #expect(isInexact(multicast, Self.mpe) == true)
        #expect(isInexact(stranger, Self.mpe) == nil)
        #expect(isInexact(stranger, Self.upe) == true)
        #expect(isInexact(multicast, Self.upe) == nil)
        #expect(isInexact(TestDriver.ownAddress, Self.upe | Self.mpe) == false)
    }

    @Test(
        "the multicast table is indexed by the address bits that MO chooses", arguments: 0..<4,
        [0xABCD, 0x0001, 0xF00F])
    func multicastTable(offset: Int, tail: Int) {
        let destination: [UInt8] = [1, 0, 0x5E, 0, UInt8(tail >> 8), UInt8(tail & 0xFF)]
        // Bits 47:36, 46:35, 45:34 or 43:32 of the address with its first byte lowest.
        let number = destination.enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
        let index = Int(number >> UInt64([36, 35, 34, 32][offset])) & 0xFFF
        let control = UInt32(offset) << 12
        #expect(!isTaken(destination, control))
        driver[raw: MTA.self, index / 32] = 1 << UInt32(index % 32)
        #expect(isInexact(destination, control) == true)
        for word in 0..<128 { driver[raw: MTA.self, word] = .max }
        driver[raw: MTA.self, index / 32] = ~(1 << UInt32(index % 32))
        #expect(!isTaken(destination, control))
        #expect(!isTaken(stranger, control))
    }

    @Test("the VLAN filter passes the tags in VFTA and untagged frames", arguments: [0, 1, 31, 32, 0x7FF, 0xFFF])
    func vlan(_ identifier: Int) {
        var ring = driver.makeReceiveRing()
        let frame = tagged(TestDriver.frame(), UInt16(identifier) | 0xE000)
        #expect(receive(frame, 0, &ring) != nil)
        #expect(receive(frame, Self.vfe, &ring) == nil)
        driver[raw: VFTA.self, identifier / 32] = 1 << UInt32(identifier % 32)
        #expect(receive(frame, Self.vfe, &ring)?.bytes == frame)
        #expect(receive(TestDriver.frame(), Self.vfe, &ring) != nil)
        for word in 0..<128 { driver[raw: VFTA.self, word] = .max }
        driver[raw: VFTA.self, identifier / 32] = ~(1 << UInt32(identifier % 32))
        #expect(receive(frame, Self.vfe, &ring) == nil)
    }

    @Test("the tag type is VET's; with EXT_VLAN the inner tag is filtered")
    func vlanTypes() {
        var ring = driver.makeReceiveRing()
        driver[raw: VET.self] = 0x88A8_9100
        #expect(receive(tagged(TestDriver.frame(), 5, type: 0x9100), Self.vfe, &ring) == nil)
        #expect(receive(tagged(TestDriver.frame(), 5, type: 0x8100), Self.vfe, &ring) != nil)
        driver[raw: CTRL_EXT.self] |= 1 << 26
        driver[raw: VFTA.self] = 1 << 6
        let inner = { (tag: UInt16) in tagged(tagged(TestDriver.frame(), tag, type: 0x9100), 0xFFF, type: 0x88A8) }
        #expect(receive(inner(5), Self.vfe, &ring) == nil)
        #expect(receive(inner(6), Self.vfe, &ring)?.bytes == inner(6))
    }

    @Test("CFIEN takes only frames whose CFI bit is RCTL.CFI")
    func cfi() {
        var ring = driver.makeReceiveRing()
        driver[raw: VFTA.self] = 1 << 6
        let (set, clear) = (tagged(TestDriver.frame(), 0x1006), tagged(TestDriver.frame(), 0x0006))
        #expect(receive(set, Self.vfe, &ring) != nil)
        #expect(receive(set, Self.vfe | 1 << 19, &ring) == nil)
        #expect(receive(clear, Self.vfe | 1 << 19, &ring) != nil)
        #expect(receive(set, Self.vfe | 1 << 19 | 1 << 20, &ring) != nil)
        #expect(receive(clear, Self.vfe | 1 << 19 | 1 << 20, &ring) == nil)
    }

    @Test("what is filtered counts in TPR and TOR but not in GPRC and GORC")
    func statistics() {
        _ = isTaken(TestDriver.ownAddress)
        _ = isTaken(stranger)
        #expect(driver[raw: TPR.self] == 2 && driver[raw: GPRC.self] == 1)
        #expect(driver.counter64(0x40C0) == 2 * 68 && driver.counter64(0x4088) == 68)
    }
}
