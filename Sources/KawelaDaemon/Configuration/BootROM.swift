// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostSystem
import Intel82576
import Logging
import PCIe
import SystemPackage

/// What is to be in the PF's expansion ROM, from which firmware boots a guest over the network.
package enum BootROM: Equatable, Sendable {
    /// The file that is installed with this program; nothing where it is not.
    case installed
    case none
    case file(String)
}

/// `none`, or the path of a file.
func parseROM(_ text: String) throws(InvalidSetting) -> BootROM {
    guard !text.isEmpty, !text.utf8.contains(0) else {
        throw InvalidSetting("the file of the expansion ROM has no name: give one, or none")
    }
    return text == "none" ? .none : .file(text)
}

extension BootROM {
    /// Reads the file. Later changes of it have no effect on what is served.
    /// - Parameter program: the path of this program.
    func load(installedWith program: String = runningProgram(), log: Logger) throws(Failure) -> ExpansionROM? {
        switch self {
        case .none: return nil
        case .file(let path): return try read(path, log: log)
        case .installed:
            let path = Self.path(installedWith: program)
            return FileManager.default.fileExists(atPath: path) ? try read(path, log: log) : nil
        }
    }

    /// `PREFIX/share/kawela/kawela.rom` for `PREFIX/bin/kawela`.
    static func path(installedWith program: String) -> String {
        let folder = URL(filePath: program).deletingLastPathComponent().deletingLastPathComponent()
        return folder.appending(path: "share/kawela/kawela.rom").path(percentEncoded: false)
    }

    private func read(_ path: String, log: Logger) throws(Failure) -> ExpansionROM {
        let rom: ExpansionROM
        do {
            rom = try ExpansionROM(RegularFile.contents(of: path, limit: ExpansionROM.largestSize))
        } catch let error as InvalidExpansionROM {
            throw .failed("rom: '\(path)' \(explanation(of: error)): give a PCI option ROM, or --rom none")
        } catch {
            throw .failed("rom: \(explanation(of: error as? Errno ?? .ioError, path))")
        }
        let header = PhysicalFunctionConfiguration.identity
        if !rom.images.contains(where: { $0.vendorID == header.vendor && $0.deviceID == header.device }) {
            log.warning(
                "rom: \(path) is for \(rom.owners), this NIC is \(name(header.vendor, header.device)): firmware may ignore it"
            )
        }
        log.info("expansion ROM \(path): \(rom.images.map { "\($0.codeType)" }.joined(separator: ", "))")
        return rom
    }
}

private func runningProgram() -> String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
}

private func name(_ vendor: UInt16, _ device: UInt16) -> String {
    [vendor, device].map { id in
        let digits = String(id, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }.joined(separator: ":")
}

extension ExpansionROM {
    /// The vendor and device IDs of its images, each once.
    fileprivate var owners: String {
        Set(images.map { name($0.vendorID, $0.deviceID) }).sorted().joined(separator: ", ")
    }
}

extension ExpansionROM.Image.CodeType: CustomStringConvertible {
    public var description: String {
        switch self {
        case .bios: "BIOS"
        case .uefi: "UEFI"
        case .other(let code): "code type \(code)"
        }
    }
}

private func explanation(of error: InvalidExpansionROM) -> String {
    switch error {
    case .tooLarge: "is larger than 1 MiB"
    case .noSignature(let offset): "has no image at byte \(offset): no 55 aa there"
    case .noDataStructure(let offset): "has an image at byte \(offset) without a PCI data structure"
    case .cutOff(let image): "ends within its image \(image)"
    }
}

private func explanation(of error: Errno, _ path: String) -> String {
    switch error {
    case .noSuchFileOrDirectory, .notDirectory: "there is no '\(path)': give another file, or --rom none"
    case .permissionDenied: "no permission to read '\(path)': give this user the right to"
    case .invalidArgument, .isDirectory: "'\(path)' is no regular file: give a PCI option ROM, or --rom none"
    case .fileTooLarge: "'\(path)' is larger than 1 MiB, which is more than QEMU reads: give a smaller one"
    default: "cannot read '\(path)': \(error)"
    }
}
