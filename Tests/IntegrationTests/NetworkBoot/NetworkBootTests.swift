// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

extension Integration {
    /// Guests with firmware and a card, and nothing else to start: no kernel, no disk.
    @Suite("A boot from the network without a kernel", .serialized)
    struct NetworkBootTests {
        @Test(
            "SeaBIOS boots Linux through the card's ROM, and igb takes over", .timeLimit(.minutes(10)),
            arguments: BootTransfer.allCases)
        func bios(transfer: BootTransfer) throws {
            let bench = try BootBench()
            defer { bench.close() }
            let guest = try boot(.bios, by: transfer, on: bench)
            #expect(guest.consoleText.contains("iPXE (PCI 01:00.0)"))
            #expect(guest.consoleText.contains("using 82576 on"))
            try checkTraffic(of: guest)
        }

        @Test(
            "OVMF boots Linux through the card's ROM, and igb takes over", .timeLimit(.minutes(15)),
            arguments: BootTransfer.allCases)
        func uefi(transfer: BootTransfer) throws {
            let bench = try BootBench()
            defer { bench.close() }
            let guest = try boot(.uefi, by: transfer, on: bench)
            #expect(guest.consoleText.contains(transfer == .http ? "UEFI HTTPv4" : "UEFI PXEv4"))
            #expect(try guest.attempt("test -d /sys/firmware/efi").succeeded)
            try checkTraffic(of: guest)
        }

        /// Boots a guest all the way, by files of the peer.
        private func boot(_ firmware: BootFirmware, by transfer: BootTransfer, on bench: BootBench) throws -> Guest {
            #expect(bench.server.output.contains("share/kawela/kawela.rom: BIOS, UEFI"))
            let options = GuestOptions.with { $0.kernelOptions = "kawela.from=network" }
            let services = try BootServices(bench, options, by: transfer)
            // OVMF waits long for each way that nobody offers before it tries the next.
            let policy = firmware == .uefi ? transfer.onlyWay : []
            let guest = try bench.start(firmware, options, arguments: policy)
            try guest.waitUntilReady(seconds: 600)
            for file in ["boot.ipxe", "vmlinuz", "initrd"] {
                #expect(services.log.contains(file), "\(file) was not fetched\n\(services.log)")
            }
            #expect(try guest.run("cat /proc/cmdline").contains("kawela.from=network"))
            return guest
        }

        private func checkTraffic(of guest: Guest) throws {
            try guest.bringUpLink()
            #expect(try guest.ping() == 3)
            #expect(try !guest.attempt("dmesg | grep -E 'igb.*(rror|fail|hang|imed out)'").succeeded)
        }

        /// A ROM that writes a line to the first serial port and returns to the BIOS.
        private static let otherROM: [UInt8] = {
            // 3: jmp 60h. 60h: si = 75h; until a zero: al = cs:[si++], out 3f8h; far return.
            let code: [UInt8] = [
                0xBE, 0x75, 0x00, 0xBA, 0xF8, 0x03, 0x2E, 0xAC, 0x84, 0xC0, 0x74, 0x03, 0xEE, 0xEB, 0xF7, 0xCB,
            ]
            var rom = [UInt8](repeating: 0, count: 512)
            rom.replaceSubrange(0..<5, with: [0x55, 0xAA, 1, 0xEB, 0x5B])
            rom[24] = 28
            rom.replaceSubrange(28..<36, with: Array("PCIR".utf8) + [0x86, 0x80, 0xC9, 0x10])
            (rom[38], rom[44], rom[49]) = (24, 1, 0x80)
            rom.replaceSubrange(0x60..<0x60 + code.count, with: code)
            let text = Array("another ROM\r\n\0".utf8)
            rom.replaceSubrange(0x75..<0x75 + text.count, with: text)
            rom[6] = 0 &- rom.reduce(0, &+)
            return rom
        }()

        @Test("QEMU's romfile= wins over the card's ROM, and no kernel is fetched", .timeLimit(.minutes(5)))
        func romFile() throws {
            let bench = try BootBench()
            defer { bench.close() }
            let path = bench.run.path("other.rom")
            try Data(Self.otherROM).write(to: URL(filePath: path))
            let guest = try bench.start(.bios, GuestOptions(), properties: ["romfile": path])
            try expectNothingToBoot(guest)
            #expect(guest.consoleText.contains("another ROM"))
        }

        @Test(
            "without a ROM there is nothing to boot: romfile= empty, rombar=0, --rom none", .timeLimit(.minutes(5)),
            arguments: [(["romfile": ""], []), (["rombar": "0"], []), ([:], ["--rom", "none"])])
        func noROM(properties: [String: String], options: [String]) throws {
            let bench = try BootBench(options)
            defer { bench.close() }
            try expectNothingToBoot(try bench.start(.bios, GuestOptions(), properties: properties))
        }

        @Test("a ROM that a user gives is the card's", .timeLimit(.minutes(5)))
        func given() throws {
            let folder = try Run()
            defer { folder.close() }
            let path = folder.path("other.rom")
            try Data(Self.otherROM).write(to: URL(filePath: path))
            let bench = try BootBench(["--rom", path])
            defer { bench.close() }
            let guest = try bench.start(.bios, GuestOptions())
            try expectNothingToBoot(guest)
            #expect(guest.consoleText.contains("another ROM"))
        }

        /// Waits until the BIOS has tried everything there is.
        private func expectNothingToBoot(_ guest: Guest) throws {
            try eventually("the BIOS gives up\n\(guest.evidence)", within: 60) {
                guest.consoleText.contains("No bootable device")
            }
            #expect(!guest.consoleText.contains("iPXE"))
        }
    }
}

extension BootTransfer {
    /// Has OVMF try this way alone.
    fileprivate var onlyWay: [String] {
        let others = ["IPv6Support", "IPv6PXESupport"] + (self == .http ? ["IPv4PXESupport"] : [])
        return others.flatMap { ["-fw_cfg", "name=opt/org.tianocore/\($0),string=n"] }
    }
}
