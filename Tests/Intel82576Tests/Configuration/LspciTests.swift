// SPDX-License-Identifier: Apache-2.0

import Foundation
import GoldenFiles
import Intel82576
import Testing

/// What `lspci` makes of the configuration space. Its wording differs from version to version, hence a golden text for
/// each version; the dump that it reads is golden by itself.
@Suite("lspci") struct LspciTests {
    enum State: String, CaseIterable {
        case powerOn = "physical-function-power-on"
        /// As firmware and a driver leave it: BARs placed, bus master, MSI-X on.
        case running = "physical-function-running"
        /// With 7 of 8 VFs enabled.
        case virtualized = "physical-function-virtualized"
        case virtualPowerOn = "virtual-function-power-on"
        case virtualRunning = "virtual-function-running"
    }

    private typealias Write = (offset: Int, width: Int, value: UInt32)

    private static let writes: [Write] = [
        (0x0C, 1, 0x10), (0x10, 4, 0xE080_0000), (0x14, 4, 0xE082_0000), (0x18, 4, 0x1020), (0x1C, 4, 0xE084_0000),
        (0x3C, 1, 0x0B), (0x04, 2, 0x0407), (0x72, 2, 0x8000), (0xA8, 2, 0x2830), (0xC8, 2, 0x0005),
    ]

    private static let virtualizing: [Write] = [
        (0x184, 4, 0xE090_0000), (0x190, 4, 0xE094_0000), (0x170, 2, 7), (0x168, 2, 0x0009),
    ]

    private static let virtualWrites: [Write] = [
        (0x0C, 1, 0x10), (0x10, 4, 0xE080_0000), (0x1C, 4, 0xE084_0000), (0x04, 2, 0x0406), (0x72, 2, 0x8000),
        (0xA8, 2, 0x2830),
    ]

    private func dump(_ state: State) throws -> String {
        switch state {
        case .powerOn: try dump([])
        case .running: try dump(Self.writes)
        case .virtualized: try dump(Self.writes + Self.virtualizing, virtualFunctions: 8)
        case .virtualPowerOn: dumpVirtual([])
        case .virtualRunning: dumpVirtual(Self.virtualWrites)
        }
    }

    private func dump(_ writes: [Write], virtualFunctions: Int = 0) throws -> String {
        var configuration = PhysicalFunctionConfiguration(
            macAddress: try #require(MACAddress("00:1b:21:12:17:4c")), virtualFunctions: virtualFunctions)
        for write in writes { _ = configuration.write(at: write.offset, width: write.width, write.value) }
        return Lspci.dump { configuration.read(at: $0, width: 1) }
    }

    private func dumpVirtual(_ writes: [Write]) -> String {
        var configuration = VirtualFunctionConfiguration()
        for write in writes { _ = configuration.write(at: write.offset, width: write.width, write.value) }
        return Lspci.dump { configuration.read(at: $0, width: 1) }
    }

    @Test("the dump is the golden one", arguments: State.allCases)
    func dumps(state: State) throws {
        try GoldenFile("\(state.rawValue).dump.txt").expect(dump(state))
    }

    @Test("lspci -vvv reads the dump as the golden text", arguments: State.allCases)
    func texts(state: State) throws {
        let version = try Lspci.version()
        try GoldenFile("\(state.rawValue).lspci-\(version).txt").expect(
            Lspci.describe(dump(state)),
            "Run with KAWELA_UPDATE_GOLDEN=1 to make it for this version of lspci, compare it with those of the others")
    }
}

/// The `lspci` program of pciutils.
enum Lspci {
    struct NotInstalled: Error, CustomStringConvertible {
        let description = "lspci is not installed: install pciutils (Debian: apt install pciutils)"
    }

    /// All 4096 bytes in the format of `lspci -xxxx`.
    static func dump(_ byte: (Int) -> UInt32) -> String {
        let lines = stride(from: 0, to: 4096, by: 16).map { start in
            let bytes = (start..<start + 16).map { hexadecimal(byte($0)) }
            return hexadecimal(UInt32(start)) + ": " + bytes.joined(separator: " ")
        }
        return "01:00.0 Ethernet controller\n" + lines.joined(separator: "\n") + "\n\n"
    }

    private static func hexadecimal(_ value: UInt32) -> String { (value < 16 ? "0" : "") + String(value, radix: 16) }

    static func version() throws -> String {
        try #require(try run(["--version"]).split(whereSeparator: \.isWhitespace).last.map(String.init))
    }

    /// Numbers instead of names: no dependence on the version of pci.ids.
    static func describe(_ dump: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "kawela-lspci-\(UUID().uuidString).txt")
        defer { try? FileManager.default.removeItem(at: file) }
        try dump.write(to: file, atomically: true, encoding: .utf8)
        return try run(["-F", file.path, "-n", "-vvv"])
    }

    private static func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = try executable()
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: text, as: UTF8.self)
    }

    private static func executable() throws -> URL {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        // Distributions keep it where only root's PATH looks.
        let folders = path.split(separator: ":").map(String.init) + ["/usr/bin", "/usr/sbin", "/sbin"]
        let found = folders.map { $0 + "/lspci" }.first(where: FileManager.default.isExecutableFile(atPath:))
        guard let found else { throw NotInstalled() }
        return URL(fileURLWithPath: found)
    }
}
