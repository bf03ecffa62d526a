// SPDX-License-Identifier: Apache-2.0

/// How `kawela serve` confines itself once all it needs is open.
package enum SandboxMode: String, Equatable, Sendable, CaseIterable {
    /// What it does not need is denied, and what only an attacker would do ends the process.
    case on
    /// System calls that would be denied are made and logged by the kernel; files stay within reach.
    case log
    /// Nothing is given up.
    case off
}

func parseSandbox(_ text: String) throws(InvalidSetting) -> SandboxMode {
    guard let mode = SandboxMode(rawValue: text) else {
        throw InvalidSetting("'\(text)' is no sandbox: use on, log or off")
    }
    return mode
}
