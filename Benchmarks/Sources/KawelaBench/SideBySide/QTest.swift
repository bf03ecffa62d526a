// SPDX-License-Identifier: Apache-2.0

import CBench
import CKawela
import Glibc
import KawelaGuest

/// QEMU's qtest protocol, for a machine without a processor. Commands can be sent without waiting for their answer.
final class QTest {
    private let descriptor: CInt
    private var answers: [UInt8] = []
    private var chunk = [UInt8](repeating: 0, count: 4096)

    init(_ descriptor: CInt) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    func send(_ line: [UInt8]) throws {
        let count = line.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
        guard count == line.count else { throw BenchError("QEMU does not take a command") }
    }

    /// The next answer, without its newline.
    func receive() throws -> String {
        while true {
            if let end = answers.firstIndex(of: 0x0A) {
                let line = String(decoding: answers[..<end], as: UTF8.self)
                answers.removeSubrange(...end)
                guard line.hasPrefix("OK") else { throw BenchError("QEMU answers \(line)") }
                return line
            }
            let count = try receiveSome()
            guard count > 0 else { throw BenchError("QEMU closed the connection") }
            answers += chunk[..<count]
        }
    }

    /// Spins at first: a thread that sleeps takes longer to wake than most answers take to come.
    private func receiveSome() throws -> Int {
        let deadline = cb_now() + 500_000
        while cb_now() < deadline {
            let count = recv(descriptor, &chunk, chunk.count, CInt(MSG_DONTWAIT))
            if count >= 0 { return count }
        }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 20_000) == 1 else { throw BenchError("QEMU does not answer") }
        return recv(descriptor, &chunk, chunk.count, 0)
    }

    @discardableResult
    func command(_ line: String) throws -> String {
        try send(Array((line + "\n").utf8))
        return try receive()
    }

    func read(_ address: UInt64) throws -> UInt32 {
        let words = try command("readl \(address)").split(separator: " ")
        guard words.count == 2, let value = UInt64(words[1].dropFirst(2), radix: 16) else {
            throw BenchError("QEMU answers \(words)")
        }
        return UInt32(truncatingIfNeeded: value)
    }

    func write(_ address: UInt64, _ value: UInt32) throws { try command("writel \(address) \(value)") }
}

/// BAR 0 of the card at 01:00.0 of a q35, which this sets up as firmware would.
final class CardRegisters: Registers {
    let qtest: QTest
    /// Where configuration spaces and BARs are put, above guest RAM.
    private static let ecam: UInt64 = 0xB000_0000, window: UInt64 = 0xC000_0000
    /// The card's configuration space.
    let configuration = CardRegisters.ecam + 1 << 20
    /// BAR 3: the MSI-X table.
    let table = CardRegisters.window + 3 << 20

    init(_ qtest: QTest) throws {
        self.qtest = qtest
        // PCIEXBAR of the MCH: 256 MB of configuration space, enabled.
        try qtest.command("outl 0xcf8 0x80000060")
        try qtest.command("outl 0xcfc \(Self.ecam | 1)")
        let port = Self.ecam + 1 << 15
        try qtest.write(port + 0x18, 0x0001_0100)  // buses 0, 1, 1
        try qtest.write(port + 0x20, 0xC0F0_C000)  // memory behind it
        try qtest.write(port + 0x24, 0x0000_FFF0)  // and none that may be prefetched
        try qtest.command("writew \(port + 4) 0x7")
        let card = configuration
        guard try qtest.read(card) == 0x10C9_8086 else { throw BenchError("no 82576 at 01:00.0") }
        for bar in [0, 1, 3] {
            try qtest.write(card + 0x10 + UInt64(4 * bar), UInt32(Self.window) + UInt32(bar) << 20)
        }
        try qtest.command("writew \(card + 4) 0x6")
    }

    func read(_ offset: Int) throws -> UInt32 { try qtest.read(Self.window + UInt64(offset)) }
    func write(_ offset: Int, _ value: UInt32) throws { try qtest.write(Self.window + UInt64(offset), value) }

    /// The command that reads a register, for ``QTest/send(_:)``.
    func line(reading offset: Int) -> [UInt8] { Array("readl \(Self.window + UInt64(offset))\n".utf8) }

    /// The command that writes a register, for ``QTest/send(_:)``.
    func line(_ doorbell: (offset: Int, value: UInt32)) -> [UInt8] {
        Array("writel \(Self.window + UInt64(doorbell.offset)) \(doorbell.value)\n".utf8)
    }
}
