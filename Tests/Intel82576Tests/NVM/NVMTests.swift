// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Intel82576

@Suite("The EEPROM")
struct NVMTests {
    var nvm = NVM(NVMImage(macAddress: MACAddress("00:1b:21:0a:0b:0c")!))

    @Test("holds the station address with the first byte on the wire in the low half of word 0")
    func address() {
        #expect(nvm.word(0) == 0x1B00)
        #expect(nvm.word(1) == 0x0A21)
        #expect(nvm.word(2) == 0x0C0B)
        #expect(nvm.image.macAddress.description == "00:1b:21:0a:0b:0c")
    }

    @Test(
        "sums up to BABA over words 00 to 3F",
        arguments: ["00:1b:21:0a:0b:0c", "fe:ff:ff:ff:ff:ff", "00:00:00:00:00:01"])
    func checksum(address: String) {
        var image = NVMImage(macAddress: MACAddress(address)!)
        #expect((0...0x3F).reduce(UInt16(0)) { $0 &+ image[$1] } == 0xBABA && image.isChecksumRight)
        image[5] &+= 1
        #expect(!image.isChecksumRight)
        image.correctChecksum()
        #expect(image.isChecksumRight)
    }

    @Test("says what drivers look for: device ids, no alternate address, no string PBA")
    func identity() {
        #expect(nvm.word(0x0C) == 0x8086 && nvm.word(0x0D) == 0x10C9 && nvm.word(0x26) == 0x10CA)
        #expect(nvm.word(0x37) == 0xFFFF)
        #expect(nvm.word(0x08) != 0xFAFA)
    }

    @Test("is the same from its bytes, and from no other number of them")
    func bytes() throws {
        let image = NVMImage(macAddress: MACAddress("00:1b:21:0a:0b:0c")!)
        #expect(image.bytes.count == 512 && image.bytes[..<6] == [0x00, 0x1B, 0x21, 0x0A, 0x0B, 0x0C])
        #expect(NVMImage(bytes: image.bytes) == image)
        for count in [0, 511, 513, 1024] { #expect(NVMImage(bytes: [UInt8](repeating: 0, count: count)) == nil) }
    }

    @Test("answers EERD with data and DONE, and START gone", arguments: [0, 0x0D, 0x3F, 0xFF])
    mutating func readRequest(word: Int) {
        let reply = nvm.readRequest(EERD(raw: UInt32(word) << 2 | 1))
        #expect(reply.isDone && !reply.starts)
        #expect(reply.address == word)
        #expect(reply.data == nvm.word(word))
    }

    @Test("keeps bit 4 of EERD clear for word 0, by which iPXE tells the formats apart")
    mutating func largeFormat() {
        #expect(nvm.readRequest(EERD(raw: 1)).raw & 0x10 == 0)
    }

    @Test(
        "never gets done past its end, or without START",
        arguments: [256 << 2 | 1, 0x3FFF << 2 | 1, 0x0D << 2, .max << 2])
    mutating func noAnswer(request: UInt32) {
        #expect(!nvm.readRequest(EERD(raw: request)).isDone)
    }

    @Test("says in EECD that it is there, loaded, and 256 words large")
    func control() {
        #expect(nvm.control.isPresent && nvm.control.isLoaded && !nvm.control.isGranted)
        #expect(64 << nvm.control.sizeExponent == 256)
        #expect(nvm.control.raw == RegisterTable.physical.first { $0.name == .EECD }?.reset)
    }

    @Test("grants its pins while they are asked for, and lets no write change what it says of itself")
    mutating func grant() {
        nvm.writeControl(.max, now: 0)
        #expect(nvm.control.isGranted)
        #expect(nvm.control.isPresent && nvm.control.isLoaded && nvm.control.sizeExponent == 2)
        nvm.writeControl(0, now: 0)
        #expect(!nvm.control.isGranted)
        #expect(nvm.control.isPresent && nvm.control.isLoaded && nvm.control.sizeExponent == 2)
    }

    @Test("is reset to the same EECD with the same contents")
    mutating func reset() {
        let before = nvm.control
        nvm.writeControl(0x40, now: 0)
        nvm.reset()
        #expect(nvm.control == before)
        #expect(nvm.word(0) == 0x1B00)
    }
}
