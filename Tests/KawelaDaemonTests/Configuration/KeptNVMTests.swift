// SPDX-License-Identifier: Apache-2.0

import Foundation
import Intel82576
import KawelaTestSupport
import Testing

@testable import KawelaDaemon

@Suite("The file of the NVM") struct KeptNVMTests {
    private let folder: Folder
    private let log = LogRecord()
    private let address = MACAddress("52:54:00:00:00:01")!
    private let other = MACAddress("52:54:00:00:00:02")!

    init() throws { folder = try Folder() }

    private var path: String { folder.path + "/nic.nvm" }
    private var bytes: [UInt8] { [UInt8]((try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data()) }

    private func keep(_ address: MACAddress, isGiven: Bool = false) throws(Failure) -> KeptNVM {
        try KeptNVM(path: path, address: address, isAddressGiven: isGiven, log: log.logger)
    }

    private func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

    private func refusal() -> String {
        let failure = #expect(throws: Failure.self) { try keep(address) }
        #expect(failure?.exitCode == 1)
        return failure?.message ?? ""
    }

    @Test("is created with the card's defaults and the address, for its owner only")
    func created() throws {
        let kept = try keep(address)
        #expect(kept.image == NVMImage(macAddress: address))
        #expect(bytes == kept.image.bytes && bytes.count == 512)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? Int ?? 0) & 0o077 == 0)
        #expect(log.messages.isEmpty)
    }

    @Test("that is empty is as good as none")
    func empty() throws {
        try write([])
        #expect(try keep(address).image == NVMImage(macAddress: address))
        #expect(bytes.count == 512)
    }

    @Test("has its own address, unless a user gives one, which is kept then")
    func ownAddress() throws {
        try write(NVMImage(macAddress: other).bytes)
        #expect(try keep(address).image.macAddress == other)
        let kept = try keep(address, isGiven: true)
        #expect(kept.image == NVMImage(macAddress: address))
        #expect(bytes == kept.image.bytes && log.messages.isEmpty)
    }

    @Test("has what a driver writes, word by word, and gives it to the next start")
    func kept() throws {
        do {
            let kept = try keep(address)
            let driver = TestDriver(nvm: kept.image)
            kept.keep(driver.port)
            driver[.EEWR] = 0xCAFE << 16 | 0x42 << 2 | 1
            kept.keep(driver.port)
            #expect(Array(bytes[0x84..<0x86]) == [0xFE, 0xCA])
            kept.close()
        }
        let image = try keep(other).image
        #expect(image[0x42] == 0xCAFE && image.macAddress == address)
        let driver = TestDriver(nvm: image)
        driver[.EERD] = 0x42 << 2 | 1
        #expect(driver[.EERD] >> 16 == 0xCAFE)
        #expect(driver[.RAL] == 0x0000_5452 && driver[.RAH] == 0x8000_0100)
    }

    @Test("is used as it is with a wrong checksum or an address that is none, with a warning that says so")
    func wrong() throws {
        var image = NVMImage(macAddress: other)
        image[5] &+= 1
        try write(image.bytes)
        #expect(try keep(address).image == image)
        #expect(log.messages.count == 1 && log.messages[0].contains("the checksum in \(path) is wrong"))
        #expect(try !keep(address, isGiven: true).image.isChecksumRight, "nobody asked to mend it")
        image.macAddress = MACAddress(value: 0)
        image.correctChecksum()
        try write(image.bytes)
        _ = try keep(address)
        #expect(log.messages.last?.contains("00:00:00:00:00:00 in \(path) is no station address") == true)
    }

    @Test("of any other size is refused and left alone", arguments: [1, 511, 513, 4096])
    func size(count: Int) throws {
        let content = [UInt8](repeating: 7, count: count)
        try write(content)
        #expect(refusal().contains("has \(count) bytes instead of the EEPROM's 512"))
        #expect(bytes == content)
    }

    @Test("of one NIC is no other's, under whatever name, until that ends")
    func locked() throws {
        let first = try keep(address)
        try FileManager.default.linkItem(atPath: path, toPath: folder.path + "/link")
        #expect(refusal().contains("another NIC uses '\(path)'"))
        #expect(throws: Failure.self) {
            try KeptNVM(path: folder.path + "/link", address: address, isAddressGiven: false, log: log.logger)
        }
        first.close()
        #expect(try keep(other).image.macAddress == address)
    }

    @Test("cannot be a directory, a device, or where there is no directory")
    func places() throws {
        for (path, message) in [
            (folder.path, "no regular file"), ("/dev/null", "no regular file"),
            (folder.path + "/none/nic.nvm", "does not exist: create it"),
        ] {
            let failure = #expect(throws: Failure.self) {
                try KeptNVM(path: path, address: address, isAddressGiven: false, log: log.logger)
            }
            #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
        }
    }

    @Test("comes from the command line or the configuration file, and a change of it needs a restart")
    func options() throws {
        let file = try decodeConfiguration(Data(#"{"version": 1, "socket": "/s", "nvm": "/f", "uplink": "null"}"#.utf8))
            .options
        let none = try ServeOptions(socket: nil, uplink: nil, mac: nil, logLevel: nil)
        let line = try ServeOptions(socket: nil, uplink: nil, mac: "52:54:00:00:00:01", logLevel: nil, nvm: "/l")
        let (first, second) = try (ServePlan(none.completed(by: file)), ServePlan(line.completed(by: file)))
        #expect(first.nvm == "/f" && !first.isMACGiven && second.nvm == "/l" && second.isMACGiven)
        #expect(first.keysNeedingRestart(for: second).contains("nvm"))
        #expect(throws: Failure.self) { try ServeOptions(socket: nil, uplink: nil, mac: nil, logLevel: nil, nvm: "") }
    }
}
