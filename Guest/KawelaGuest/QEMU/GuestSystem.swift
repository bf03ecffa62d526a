// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A kind of computer, the QEMU that emulates it, and its Linux.
public struct GuestSystem: Sendable {
    public let board: Board
    public let qemu: String
    /// The folder that Scripts/guest-kernel printed.
    public let kernel: String
    public let initrd: String

    public init(board: Board = .q35, qemu: String, kernel: String, initrd: String) {
        (self.board, self.qemu, self.kernel, self.initrd) = (board, qemu, kernel, initrd)
    }

    var vmlinux: String { kernel + "/vmlinux" }

    /// What `uname -r` says in it.
    public var versions: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: kernel + "/lib/modules")) ?? []
    }
}

/// What QEMU emulates.
public enum Board: Sendable {
    /// An x86-64 PC.
    case q35
    /// QEMU's own arm64 board. Its MSI-X goes through a GICv3's interrupt translation service.
    case virt

    var machine: String {
        switch self {
        case .q35: "q35"
        case .virt: "virt,gic-version=3,its=on"
        }
    }

    /// The processor where a guest asks for none; `nil` leaves it to QEMU.
    var processor: String? {
        switch self {
        case .q35: nil
        case .virt: "cortex-a57"
        }
    }

    /// Linux' name of the first serial port.
    var console: String {
        switch self {
        case .q35: "ttyS0"
        case .virt: "ttyAMA0"
        }
    }

    /// Plugs a character device into the next serial port.
    func serialPort(_ chardev: String) -> [String] {
        switch self {
        case .q35: ["-device", "isa-serial,chardev=\(chardev)"]
        case .virt: ["-serial", "chardev:\(chardev)"]
        }
    }
}
