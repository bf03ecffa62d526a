// SPDX-License-Identifier: Apache-2.0

import Foundation
import Intel82576

/// A setting's text is not a value of it; in words for the user.
struct InvalidSetting: Error, Equatable {
    var message: String

    init(_ message: String) { self.message = message }
}

extension MACAddress {
    /// The address a NIC may call its own.
    static func station(_ text: String) throws(InvalidSetting) -> MACAddress {
        guard let address = MACAddress(text) else {
            throw InvalidSetting("'\(text)' is not a MAC address: write six bytes like 52:54:00:12:34:56")
        }
        guard !address.isMulticast else {
            throw InvalidSetting("'\(text)' is a multicast address: make the first byte even, as in 52:54:00:12:34:56")
        }
        guard address.value != 0 else {
            throw InvalidSetting("the all-zero address cannot be used: write one like 52:54:00:12:34:56")
        }
        return address
    }

    /// The address of a NIC nobody gave one: in QEMU's own range 52:54:00, the rest made from the machine and the path of
    /// the socket. So it stays from start to start, as leases and interface names of a guest want it, and differs from
    /// one socket and from one machine to the next.
    static func derived(fromSocket path: String, machine: String) -> MACAddress {
        MACAddress(value: 0x5254_0000_0000 | stableHash("\(machine)\n\(path)") >> 40)
    }
}

/// FNV-1a, 64 bits: unlike `Hasher` the same in each process.
func stableHash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}

/// What tells this machine from others: systemd's machine id, else its host name. It is found out once: the sandbox keeps
/// the file out of reach, and addresses made from it must not change with a configuration that is read again.
func machineIdentity() -> String { knownIdentity }

private let knownIdentity = readMachineIdentity()

private func readMachineIdentity() -> String {
    let file = try? String(contentsOfFile: "/etc/machine-id", encoding: .utf8)
    let identity = file?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    return identity.isEmpty ? ProcessInfo.processInfo.hostName : identity
}
