// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

/// Moves the pins of EECD the way igb does: data before the rising clock, and what comes out is sampled behind it.
final class SerialBench {
    static let (clock, chipSelect, dataIn, dataOut): (UInt32, UInt32, UInt32, UInt32) = (1, 2, 4, 8)

    let driver = TestDriver()
    private var pins: UInt32 = 0

    private func set(_ bits: UInt32, _ isSet: Bool) {
        pins = isSet ? pins | bits : pins & ~bits
        driver[.EECD] = pins
    }

    /// EE_REQ; whether the grant came.
    func acquire() -> Bool {
        pins = driver[.EECD] & 0x30
        set(1 << 6, true)
        return driver[.EECD] & 1 << 7 != 0
    }

    func release() {
        set(Self.chipSelect, true)
        set(1 << 6, false)
    }

    /// Ends the command before, and begins one.
    func select() {
        set(Self.clock, false)
        set(Self.chipSelect, true)
        set(Self.chipSelect, false)
    }

    func send(_ value: Int, bits: Int = 8) {
        for bit in stride(from: bits - 1, through: 0, by: -1) {
            set(Self.dataIn, value >> bit & 1 == 1)
            set(Self.clock, true)
            set(Self.clock, false)
        }
    }

    func take(bits: Int = 8) -> Int {
        (0..<bits).reduce(0) { value, _ in
            set(Self.clock, true)
            defer { set(Self.clock, false) }
            return value << 1 | (driver[.EECD] & Self.dataOut == 0 ? 0 : 1)
        }
    }

    /// RDSR.
    var status: Int {
        select()
        send(5)
        return take()
    }

    /// One command with nothing to read.
    func command(_ bytes: Int...) {
        select()
        for byte in bytes { send(byte) }
        select()
    }

    /// Waits for the memory as drivers do; how often they had to look.
    func awaitReady() -> Int {
        var looks = 1
        while status & 1 != 0, looks < 100 {
            driver.clock.now += 100_000
            looks += 1
        }
        return looks
    }

    /// WREN, WRITE, and the wait after it.
    func write(_ bytes: [Int], at address: Int) {
        command(6)
        select()
        send(2)
        send(address, bits: 16)
        for byte in bytes { send(byte) }
        select()
        _ = awaitReady()
    }

    func read(_ count: Int, at address: Int) -> [Int] {
        select()
        send(3)
        send(address, bits: 16)
        return (0..<count).map { _ in take() }
    }

    /// By EERD.
    func word(_ number: UInt32) -> UInt32 {
        driver[.EERD] = number << 2 | 1
        return driver[.EERD] >> 16
    }
}

@Suite("The EEPROM through the pins of EECD")
struct SerialEEPROMTests {
    let bench = SerialBench()

    init() { #expect(bench.acquire()) }

    @Test("says in EECD that its addresses have 16 bits")
    func addresses() { #expect(bench.driver[.EECD] & 1 << 10 != 0) }

    @Test("reads the bytes of the words that EERD reads, low ones first, and on from the end at the start")
    func read() {
        #expect(bench.read(6, at: 0) == [2, 0, 0, 0, 0, 1])
        #expect(bench.read(2, at: 2 * 0x0D) == [0xC9, 0x10])
        #expect(bench.read(4, at: 510) == [0xFF, 0xFF, 2, 0])
    }

    @Test("is written a word at a time, as igb writes")
    func writeWord() {
        bench.write([0x34, 0x12], at: 2 * 0x42)
        #expect(bench.word(0x42) == 0x1234 && bench.word(0x41) == 0xFFFF && bench.word(0x43) == 0xFFFF)
        #expect(bench.read(2, at: 2 * 0x42) == [0x34, 0x12])
        #expect(bench.driver.port.nvmChanges == 1)
        #expect(bench.driver.port.nvmImage[0x42] == 0x1234)
    }

    @Test("writes a page of 32 bytes at once, and goes on at its start past the end")
    func page() {
        bench.write((0..<34).map { $0 + 1 }, at: 0x100 + 4)
        #expect(bench.read(32, at: 0x100) == [29, 30, 31, 32] + [33, 34] + (2..<28).map { $0 + 1 })
        #expect(bench.read(4, at: 0x120) == [0xFF, 0xFF, 0xFF, 0xFF])
    }

    @Test("is busy for a while after a write, and answers nothing but its status")
    func busy() {
        bench.command(6)
        #expect(bench.status == 2)
        bench.command(2, 0, 0x84, 0x34, 0x12)
        #expect(bench.status & 1 == 1)
        bench.command(6)
        #expect(bench.read(2, at: 0) == [0, 0])
        #expect(bench.awaitReady() > 1)
        #expect(bench.status == 0, "neither busy nor open for writes")
        #expect(bench.read(2, at: 0x84) == [0x34, 0x12])
    }

    @Test("takes no write without WREN before it, after WRDI, or twice for one WREN")
    func enable() {
        bench.command(2, 0, 0x84, 0x34, 0x12)
        bench.command(6)
        bench.command(4)
        bench.command(2, 0, 0x84, 0x34, 0x12)
        #expect(bench.word(0x42) == 0xFFFF && bench.status == 0)
        bench.write([0x11], at: 0x84)
        bench.command(2, 0, 0x84, 0x34, 0x12)
        #expect(bench.word(0x42) == 0xFF11)
    }

    @Test("takes no command that ends in the middle of a byte")
    func halfBytes() {
        bench.select()
        bench.send(6 << 1, bits: 9)
        bench.select()
        #expect(bench.status == 0)
        bench.command(6)
        bench.select()
        for byte in [2, 0, 0x84, 0x34] { bench.send(byte) }
        bench.send(0, bits: 3)
        bench.select()
        #expect(bench.word(0x42) == 0xFFFF)
    }

    @Test(
        "protects the blocks that WRSR names",
        arguments: [
            (0x00, [true, true, true]), (0x04, [true, true, false]), (0x08, [true, false, false]),
            (0x0C, [false, false, false]),
        ])
    func protection(status: Int, isWritten: [Bool]) {
        bench.command(6)
        bench.command(1, status | 0x73)
        _ = bench.awaitReady()
        #expect(bench.status == status)
        for (address, expected) in zip([0xA0, 0x100, 0x180], isWritten) {
            bench.write([0x5A], at: address)
            #expect((bench.read(1, at: address) == [0x5A]) == expected)
        }
    }

    @Test("hears nothing without the grant, and nothing of a command that a reset cut off")
    func grant() {
        bench.command(6)
        bench.select()
        for byte in [2, 0, 0x84, 0x34] { bench.send(byte) }
        bench.driver[.CTRL] = 1 << 26
        #expect(bench.word(0x42) == 0xFFFF && bench.driver[.EECD] & 0xCF == 0)
        #expect(bench.acquire())
        bench.release()
        bench.write([0x34], at: 0x84)
        #expect(bench.word(0x42) == 0xFFFF)
        #expect(bench.read(2, at: 0) == [0, 0])
    }

    @Test("survives any movement of its pins")
    func anything() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<100_000 {
            bench.driver[.EECD] = UInt32.random(in: 0...0x7F, using: &random) | (Bool.random() ? 0x40 : 0)
            bench.driver.clock.now += 50_000
        }
        #expect(bench.driver.port.nvmImage.bytes.count == 512)
    }
}
