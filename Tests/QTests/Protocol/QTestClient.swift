// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// A client of QEMU's qtest protocol (docs/devel/testing/qtest in QEMU's manual): the machine without a processor, whose
/// part the test plays.
struct QTestClient {
    private let stream: SocketStream

    init(_ stream: SocketStream) { self.stream = stream }

    func read32(_ address: UInt64) throws -> UInt32 { try number("readl \(hex(address))") }
    func write32(_ address: UInt64, _ value: UInt32) throws { try command("writel \(hex(address)) \(hex(value))") }
    func read16(_ address: UInt64) throws -> UInt16 { try number("readw \(hex(address))") }
    func write16(_ address: UInt64, _ value: UInt16) throws { try command("writew \(hex(address)) \(hex(value))") }
    func write8(_ address: UInt64, _ value: UInt8) throws { try command("writeb \(hex(address)) \(hex(value))") }
    func input32(_ port: UInt16) throws -> UInt32 { try number("inl \(hex(port))") }
    func output32(_ port: UInt16, _ value: UInt32) throws { try command("outl \(hex(port)) \(hex(value))") }

    func read(_ address: UInt64, count: Int) throws -> [UInt8] {
        let words = try command("b64read \(hex(address)) \(count)").split(separator: " ")
        guard words.count == 2, let data = Data(base64Encoded: String(words[1])), data.count == count else {
            throw GuestError("b64read of \(count) bytes at \(hex(address)): \(words)")
        }
        return Array(data)
    }

    func write(_ address: UInt64, _ bytes: [UInt8]) throws {
        try command("b64write \(hex(address)) \(bytes.count) \(Data(bytes).base64EncodedString())")
    }

    func fill(_ address: UInt64, count: Int, with byte: UInt8) throws {
        try command("memset \(hex(address)) \(count) \(hex(byte))")
    }

    /// Moves the machine's virtual clock, which stands still otherwise, and lets real time pass for devices outside.
    func pass(milliseconds: Int) throws {
        try command("clock_step \(milliseconds * 1_000_000)")
        usleep(useconds_t(milliseconds * 100))
    }

    @discardableResult
    private func command(_ line: String) throws -> String {
        try stream.write(line + "\n")
        let deadline = Deadline(seconds: 10)
        while let answer = try stream.line(by: deadline) {
            if answer.hasPrefix("OK") { return answer }
            if !answer.hasPrefix("IRQ") { throw GuestError("QEMU answers \(answer) to \(line.prefix(60))") }
        }
        throw GuestError("QEMU did not answer within 10 s: \(line.prefix(60))")
    }

    private func number<T: FixedWidthInteger>(_ line: String) throws -> T {
        let answer = try command(line).split(separator: " ")
        guard answer.count == 2, let value = UInt64(answer[1].dropFirst(2), radix: 16) else {
            throw GuestError("QEMU answers \(answer) to \(line)")
        }
        return T(truncatingIfNeeded: value)
    }
}

func hex(_ value: some BinaryInteger) -> String { "0x" + String(value, radix: 16) }
