// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import PCIe
import Testing

@testable import KawelaDaemon

@Suite("The file of the expansion ROM") struct BootROMTests {
    private let folder: Folder
    private let log = LogRecord()

    init() throws { folder = try Folder() }

    private var path: String { folder.path + "/kawela.rom" }

    /// The smallest ROM there can be, for a BIOS.
    private static func rom(device: UInt8 = 0xC9) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 512)
        (bytes[0], bytes[1], bytes[2], bytes[0x18]) = (0x55, 0xAA, 1, 0x1C)
        bytes.replaceSubrange(0x1C..<0x24, with: Array("PCIR".utf8) + [0x86, 0x80, device, 0x10])
        (bytes[0x2C], bytes[0x31]) = (1, 0x80)
        return bytes
    }

    private func write(_ bytes: [UInt8], to path: String? = nil) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path ?? self.path))
    }

    private func load(_ rom: BootROM? = nil) throws(Failure) -> ExpansionROM? {
        try (rom ?? .file(path)).load(log: log.logger)
    }

    private func refusal(_ path: String? = nil) -> String {
        let failure = #expect(throws: Failure.self) { try load(.file(path ?? self.path)) }
        #expect(failure?.exitCode == 1)
        return failure?.message ?? ""
    }

    @Test("is read, and the log says for whom it is")
    func good() throws {
        try write(Self.rom())
        #expect(try load()?.contents == Self.rom())
        #expect(log.messages == ["expansion ROM \(path): BIOS"])
    }

    @Test("for another NIC is used with a warning")
    func other() throws {
        try write(Self.rom(device: 0xD3))
        #expect(try load()?.contents == Self.rom(device: 0xD3))
        #expect(
            log.messages.first
                == "rom: \(path) is for 8086:10d3, this NIC is 8086:10c9: firmware may ignore it")
    }

    @Test("is refused when there is none in it")
    func invalid() throws {
        try write([])
        #expect(
            refusal() == "rom: '\(path)' has no image at byte 0: no 55 aa there: give a PCI option ROM, or --rom none")
        var bytes = Self.rom()
        bytes[0x1C] = 0
        try write(bytes)
        #expect(refusal().contains("an image at byte 0 without a PCI data structure"))
        bytes = Self.rom()
        bytes[0x2C] = 2
        try write(bytes)
        #expect(refusal().contains("ends within its image 1"))
    }

    @Test("cannot be larger than QEMU reads, nor endless")
    func large() throws {
        try write(Self.rom() + [UInt8](repeating: 0, count: (1 << 20) - 512))
        #expect(try load()?.size == 1 << 20)
        try write(Self.rom() + [UInt8](repeating: 0, count: (1 << 20) - 511))
        #expect(refusal().contains("is larger than 1 MiB"))
        #expect(refusal("/dev/zero").contains("is no regular file"))
    }

    @Test("has to be there and to be a file")
    func places() throws {
        #expect(refusal().contains("there is no '\(path)'"))
        #expect(refusal(folder.path).contains("is no regular file"))
        mkfifo(path, 0o600)
        #expect(refusal().contains("is no regular file"))
    }

    @Test("that is installed with the program is used when no other is asked for")
    func installed() throws {
        let program = folder.path + "/bin/kawela"
        #expect(try BootROM.installed.load(installedWith: program, log: log.logger) == nil)
        #expect(try load(BootROM.none) == nil && log.messages.isEmpty)
        try FileManager.default.createDirectory(
            atPath: folder.path + "/share/kawela", withIntermediateDirectories: true)
        try write(Self.rom(), to: folder.path + "/share/kawela/kawela.rom")
        #expect(try BootROM.installed.load(installedWith: program, log: log.logger)?.contents == Self.rom())
    }

    private func plan(_ rom: String?, file: String = "", pf: String? = nil) throws -> ServePlan {
        let line = try ServeOptions(
            socket: pf == nil ? "/s" : nil, uplink: "null", mac: nil, logLevel: nil,
            directory: pf == nil ? nil : "/d", vfs: pf == nil ? nil : 1, pf: pf, rom: rom)
        let file = try decodeConfiguration(Data("{\"version\": 1\(file)}".utf8))
        return try ServePlan(line.completed(by: file.options), machine: "m")
    }

    @Test("comes from the command line or the configuration file, and a change of it needs a restart")
    func options() throws {
        #expect(try plan(nil).rom == .installed)
        #expect(try plan("none").rom == .none)
        #expect(try plan("./none").rom == .file("./none"))
        let file = try plan(nil, file: #", "rom": "/f""#)
        #expect(file.rom == .file("/f"))
        #expect(try plan("/l", file: #", "rom": "/f""#).rom == .file("/l"))
        #expect(try file.keysNeedingRestart(for: plan("/l")) == ["rom"])
        #expect(throws: Failure.self) { try plan("") }
    }

    @Test("is refused where Kawela itself has the PF, and the installed one is left out")
    func embedded() throws {
        #expect(try plan(nil, pf: "embedded").rom == .none)
        #expect(try plan("none", pf: "embedded").rom == .none)
        let failure = #expect(throws: Failure.self) { try plan("/f", pf: "embedded") }
        #expect(
            failure?.exitCode == 2 && failure?.message.contains("VFs of --pf embedded have no expansion ROM") == true)
    }
}
