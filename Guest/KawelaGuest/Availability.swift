// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Whether tests with QEMU can run here.
public enum Availability {
    /// Why not; `nil` when they can.
    public static let obstacle: String? = {
        do {
            guard geteuid() == 0 else { throw GuestError("network namespaces and TAP interfaces need root") }
            _ = try Artifacts.find()
            if NIC.chosen == .kawela { _ = (try Artifacts.kawela(), try Artifacts.plugin()) }
            return nil
        } catch { return "\(error)" }
    }()

    /// In CI nothing is skipped: what cannot run fails there.
    public static let mayRun = obstacle == nil || ProcessInfo.processInfo.environment["CI"] == "true"
}
