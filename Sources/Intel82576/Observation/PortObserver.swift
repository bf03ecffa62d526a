// SPDX-License-Identifier: Apache-2.0

/// Watches what goes in and out of a port's functions. Called in the port's thread, and only while it is one of
/// ``Port/observers``: a port without any asks once an access and otherwise does nothing for it.
///
/// An observer must not call the port back, but for what only reads.
package protocol PortObserver: AnyObject {
    /// A client's read, with what it got; or its write, before that takes effect.
    func observe(_ access: FunctionAccess)
    /// `function` sent an interrupt to its client.
    func observe(_ interrupt: FunctionInterrupt, of function: Int)
    /// Something was reset, and everything of it is in reset state now.
    func observe(_ reset: PortReset)
    /// Something happens to the port that no access brings about. Told before it takes effect.
    func observe(_ event: PortEvent)
}

extension PortObserver {
    package func observe(_ access: FunctionAccess) {}
    package func observe(_ interrupt: FunctionInterrupt, of function: Int) {}
    package func observe(_ reset: PortReset) {}
    package func observe(_ event: PortEvent) {}
}

/// A client's access to configuration space or a BAR of a function.
package struct FunctionAccess: Equatable, Sendable {
    package enum Space: Equatable, Sendable {
        case configuration
        case bar(Int)
    }

    /// 0 for the PF, v + 1 for VF v.
    package var function: Int
    package var space: Space
    package var isWrite: Bool
    package var offset: Int
    /// Bytes: 1, 2, 4 or 8.
    package var width: Int
    /// What is written, or was read.
    package var value: UInt64

    package static func read(_ function: Int, _ space: Space, _ offset: Int, _ width: Int, _ value: UInt64) -> Self {
        Self(function: function, space: space, isWrite: false, offset: offset, width: width, value: value)
    }

    package static func write(_ function: Int, _ space: Space, _ offset: Int, _ width: Int, _ value: UInt64) -> Self {
        Self(function: function, space: space, isWrite: true, offset: offset, width: width, value: value)
    }
}

package enum FunctionInterrupt: Equatable, Sendable {
    case msix(vector: Int)
    case msi
    case intx(isAsserted: Bool)
}

package enum PortReset: Equatable, Sendable {
    /// The PF and with it all of the port.
    case port(ResetLevel)
    /// VF `index`, by whatever means.
    case virtualFunction(Int)
}

package enum PortEvent: Equatable, Sendable {
    /// The client of a function resets it; or it is one that comes or goes, which the function is reset for.
    case clientReset(function: Int)
    /// The client of a function has left.
    case clientLeft(function: Int)
    /// The uplink's carrier came or went.
    case carrier(isUp: Bool)
    /// A timer is over: auto-negotiation, TCPTIMER or the watchdog.
    case timer
}
