// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostSystem
import Intel82576
import SystemPackage

/// The file that keeps a NIC's EEPROM from one start to the next: its 512 bytes and nothing else.
///
/// It is overwritten in place, with one write of one disk sector, so it holds either the old contents or the new ones.
/// Replacing it by another file would let go of the lock, and would need rights in its directory.
final class NVMFile {
    private let file: Descriptor
    /// What it held when it was opened; `nil` for a new one.
    let found: NVMImage?

    /// Opens the file, or creates it, readable by its owner only, and keeps others from using it. Waits for a server that
    /// is just ending, or a child process that has not begun its program yet; not for another NIC.
    init(path: String) throws(Failure) {
        let opened: (file: Descriptor, byteCount: Int)
        do throws(Errno) {
            opened = try RegularFile.open(path, .readWrite, timeout: .milliseconds(500))
        } catch {
            throw .failed("nvm: \(Self.explanation(of: error, path))")
        }
        file = opened.file
        found = try opened.byteCount == 0 ? nil : Self.read(opened, path)
    }

    deinit { close() }

    /// Brings what was written to the disk, which may take a while, and lets others use the file.
    func close() {
        guard file.isOpen else { return }
        fdatasync(file.number)
        file.close()
    }

    /// Replaces the contents. Does not wait for the disk.
    /// - Returns: why it could not, in words.
    func write(_ image: NVMImage) -> String? {
        // SAFETY: the bytes are valid during the call.
        let written = unsafe image.bytes.withUnsafeBytes { bytes in
            unsafe pwrite(file.number, bytes.baseAddress, bytes.count, 0)
        }
        if written == NVMImage.byteCount { return nil }
        return written < 0 ? Errno.last.description : "no space"
    }

    private static func read(
        _ opened: (file: Descriptor, byteCount: Int), _ path: String
    ) throws(Failure) -> NVMImage {
        var bytes = [UInt8](repeating: 0, count: NVMImage.byteCount)
        // SAFETY: the buffer has room for the bytes asked for.
        let count = unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe pread(opened.file.number, bytes.baseAddress, bytes.count, 0)
        }
        guard opened.byteCount == NVMImage.byteCount, count == NVMImage.byteCount, let image = NVMImage(bytes: bytes)
        else {
            throw .failed(
                "nvm: '\(path)' has \(opened.byteCount) bytes instead of the EEPROM's \(NVMImage.byteCount): "
                    + "give another file, or one that does not exist, for a new one")
        }
        return image
    }

    private static func explanation(of error: Errno, _ path: String) -> String {
        switch error {
        case .permissionDenied, .notPermitted, .readOnlyFileSystem:
            "no permission to write '\(path)': use a file and a directory that this user may write to"
        case .noSuchFileOrDirectory, .notDirectory:
            "the directory of '\(path)' does not exist: create it, or use another name"
        case .invalidArgument, .isDirectory, .noSuchAddressOrDevice, .tooManySymbolicLinkLevels:
            "'\(path)' is no regular file: use another name"
        case .resourceTemporarilyUnavailable:
            "another NIC uses '\(path)': end its server, or give each NIC a file of its own"
        default: "cannot open '\(path)': \(error)"
        }
    }
}
