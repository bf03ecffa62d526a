// SPDX-License-Identifier: Apache-2.0

import EmbeddedDriver
import Logging

/// A line for what the embedded driver tells.
func write(_ event: DriverEvent, to log: Logger) {
    switch event {
    case .linkChanged(let isUp, let megabits): log.info("port: link \(isUp ? "up, \(megabits) Mb/s" : "down")")
    case .started(let vf, let address): log.info("vf\(vf): driver started, MAC address \(address)")
    case .reset(let vf): log.info("vf\(vf): reset")
    case .addressChanged(let vf, let address): log.info("vf\(vf): MAC address is now \(address)")
    case .refused(let vf, let refusal): log.warning("vf\(vf): \(refusal.rawValue)")
    case .spoofed(let vf):
        log.warning("vf\(vf): frames dropped that it sent in another's name or VLAN, or as link control")
    }
}
