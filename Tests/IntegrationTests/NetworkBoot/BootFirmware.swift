// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// What starts a guest before there is an operating system.
enum BootFirmware: Sendable, CaseIterable {
    /// SeaBIOS.
    case bios
    /// OVMF.
    case uefi

    /// What QEMU takes for it. Without graphics, what it writes goes to the first serial port.
    func arguments(in run: Run) throws -> [String] {
        switch self {
        case .bios: return ["-machine", "graphics=off"]
        case .uefi:
            let files = try Self.files(in: run)
            let variables = run.path(run.uniqueName("variables"))
            try FileManager.default.copyItem(atPath: "\(files)/OVMF_VARS_4M.fd", toPath: variables)
            return [
                "-drive", "if=pflash,format=raw,readonly=on,file=\(files)/OVMF_CODE_4M.fd",
                "-drive", "if=pflash,format=raw,file=\(variables)",
                // OVMF does not use the network without random numbers, and TCG's processor has no RDRAND.
                "-device", "virtio-rng-pci",
            ]
        }
    }

    /// The folder with OVMF and `snponly.efi`.
    static func files(in run: Run) throws -> String {
        try prepared(by: "integrations/network-boot/firmware", in: run)
    }
}

/// The card's boot ROM.
func bootROM(in run: Run) throws -> String { try prepared(by: "Scripts/boot-rom", in: run) }

/// The last line of what a script of the repository prints, after it fetched what it needs.
private func prepared(by script: String, in run: Run) throws -> String {
    let output = try run.execute(["\(Artifacts.repository)/\(script)"], seconds: 300)
    return String(output.split(separator: "\n").last ?? "")
}
