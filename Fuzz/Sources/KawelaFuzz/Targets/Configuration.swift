// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Intel82576
import Logging
import PCIe
import VFIOUser

@testable import Backends
@testable import KawelaDaemon

/// What an operator writes: configuration files, files of EEPROMs and expansion ROMs, and the values of options.
///
/// The first byte chooses what the rest of the input is.
func runConfiguration(_ input: Input) {
    var input = input
    switch input.byte() % 4 {
    case 0: readConfiguration(input.rest())
    case 1:
        let bytes = input.rest()
        readROM(bytes)
        readNVM(bytes)
    case 2: parseValue(&input)
    default: parseOptions(&input)
    }
}

/// A file that is accepted leads to plans, or to a message for the user.
private func readConfiguration(_ bytes: [UInt8]) {
    let file: ConfigurationFile
    do throws(InvalidSetting) {
        file = try decodeConfiguration(Data(bytes))
    } catch {
        return require(!error.message.isEmpty, "a configuration is refused without a word")
    }
    for options in file.ports ?? [file.options] { makePlan(options) }
}

private func makePlan(_ options: ServeOptions) {
    if let faults = options.faults {
        require((try? parseFaults(faults.description)) == faults, "\(faults) means something else when read again")
    }
    do throws(Failure) {
        let plan = try ServePlan(options, machine: "fuzz")
        require(plan.keysNeedingRestart(for: plan).isEmpty, "a plan differs from itself")
        require((0...8).contains(plan.vfCount), "\(plan.vfCount) VFs")
        let paths = plan.served.map(\.path)
        require(Set(paths).count == paths.count && !paths.isEmpty, "sockets of one path: \(paths)")
        require(!plan.mac.isMulticast && plan.mac.value != 0, "\(plan.mac) as a station address")
        if let settings = plan.vfSettings {
            require(settings.count == plan.vfCount, "settings of \(settings.count) VFs")
        }
    } catch {
        require(!error.message.isEmpty, "options are refused without a word")
    }
}

// MARK: EEPROM

/// A file of these bytes, as the EEPROM of a port that is then used.
private func readNVM(_ bytes: [UInt8]) {
    // Short inputs are the beginning of the file; its length is right but for odd inputs' own.
    var content = bytes
    if bytes.count % 2 == 0, bytes.count < NVMImage.byteCount {
        content += NVMImage(macAddress: Bench.address(of: 0)).bytes.dropFirst(bytes.count)
    }
    let path = "\(NSTemporaryDirectory())/kawela-fuzz-\(getpid()).nvm"
    _ = FileManager.default.createFile(atPath: path, contents: Data(content))
    defer { unlink(path) }
    do throws(Failure) {
        let kept = try KeptNVM(
            path: path, address: Bench.address(of: 0), isAddressGiven: content.count > 100,
            log: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
        defer { kept.close() }
        start(kept)
    } catch {
        require(content.count != NVMImage.byteCount && !content.isEmpty, "a file of the right size: \(error.message)")
    }
}

/// These bytes as an expansion ROM: what is accepted has images, and a window that holds it.
private func readROM(_ bytes: [UInt8]) {
    guard let rom = try? ExpansionROM(bytes) else { return }
    require(!rom.images.isEmpty && rom.images.count <= bytes.count / 512, "\(rom.images.count) images")
    require(rom.size.nonzeroBitCount == 1 && rom.size >= bytes.count, "a window of \(rom.size) bytes")
}

private func start(_ kept: KeptNVM) {
    let configuration = Port.Configuration(nvm: kept.image, keepsNVM: true, virtualFunctions: 2)
    let port = Port(configuration, uplink: CheckedUplink(offloads: []), clock: { 1_000_000_000 })
    for offset in stride(from: 0, to: 0x200, by: 4) {
        _ = port.physicalFunction.readConfiguration(at: offset, width: 4)
    }
    port.physicalFunction.reset()
    port.run()
    kept.keep(port)
}

// MARK: Values of options

private func parseValue(_ input: inout Input) {
    let kind = input.byte() % 5
    let text = String(decoding: input.rest(), as: UTF8.self)
    switch kind {
    case 0: parseBackend(text)
    case 1: if let address = try? MACAddress.station(text) { require(!address.isMulticast, "\(address) passes") }
    case 2: checkMemorySize(text)
    case 3: parseWords(text)
    default: makeQEMUArguments(text)
    }
}

/// A specification written out means the same.
private func parseBackend(_ text: String) {
    guard let specification = try? BackendSpecification(parsing: text) else { return }
    let again = try? BackendSpecification(parsing: specification.description)
    require(again == specification, "'\(text)' is written as '\(specification)', which is something else")
}

private func checkMemorySize(_ text: String) {
    guard let size = try? MemorySize(text) else { return }
    require((try? MemorySize(size.description)) == size, "'\(text)' is written as '\(size)', which is something else")
}

private func parseWords(_ text: String) {
    _ = try? parseOwner(text)
    _ = try? parseGuestMemory(text)
    _ = try? parseNVMPath(text)
    _ = try? parseROM(text)
    _ = try? parseLogLevel(text)
    if let number = Int(text) {
        _ = try? parseBusyPoll(number)
        _ = try? parseVFCount(number)
    }
}

private func makeQEMUArguments(_ text: String) {
    let parts = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    func part(_ index: Int) -> String? { parts.indices.contains(index) && !parts[index].isEmpty ? parts[index] : nil }
    guard let memory = try? MemorySize("1G") else { return }
    let functions: QEMUArguments.Functions =
        parts.count % 2 == 0
        ? .one(socket: part(0) ?? "") : .all(directory: part(0) ?? "", vfs: part(3).flatMap { Int($0) } ?? 2)
    guard
        let arguments = try? QEMUArguments(
            functions, memory: memory, id: part(1) ?? "kawela0", bus: part(2), machine: part(4), includesMemory: true)
    else { return }
    for format in QEMUArguments.Format.allCases {
        guard let written = try? arguments.text(as: format) else { continue }
        require(format != .shell || !written.contains("\n"), "arguments for a shell have two lines")
    }
}

/// Lines, one an option in a fixed order.
private func parseOptions(_ input: inout Input) {
    let text = String(decoding: input.rest(), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    func line(_ index: Int) -> String? {
        lines.indices.contains(index) && !lines[index].isEmpty ? lines[index] : nil
    }
    func number(_ index: Int) -> Int? { line(index).flatMap { Int($0) } }
    let options = try? ServeOptions(
        socket: line(0), uplink: line(1), mac: line(2), logLevel: line(3), directory: line(4), vfs: number(5),
        pf: line(6), nvm: line(7), busyPoll: number(10), guestMemory: line(8), faults: line(9))
    if let options { makePlan(options) }
}
