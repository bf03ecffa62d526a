// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// One line of a trace: what went in or out of a port, and when.
struct TraceEvent: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case access(FunctionAccess)
        case interrupt(FunctionInterrupt, function: Int)
        case reset(PortReset)
        case port(PortEvent)
        /// So many events are missing here, for want of room.
        case lost(Int)
    }

    /// Nanoseconds of the port's clock.
    var time: UInt64
    var kind: Kind
}

extension FunctionAccess.Space {
    /// `config`, or `bar0` to `bar5`.
    var name: String {
        switch self {
        case .configuration: "config"
        case .bar(let number): "bar\(number)"
        }
    }

    init?(name: String) {
        let spaces = [.configuration] + (0...5).map(Self.bar)
        guard let space = spaces.first(where: { $0.name == name }) else { return nil }
        self = space
    }

    /// Bytes of it that function `number` has; 0 when it does not have it.
    func size(of number: Int) -> Int {
        switch self {
        case .configuration: 4096
        case .bar(let bar):
            (number == 0 ? PhysicalFunctionConfiguration.barSizes : VirtualFunctionConfiguration.barSizes)[bar]
        }
    }
}

/// `0x` and two digits for each of `bytes` bytes.
func hexadecimal(_ value: UInt64, bytes: Int) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, 2 * bytes - digits.count)) + digits
}
