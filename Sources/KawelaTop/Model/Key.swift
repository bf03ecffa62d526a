// SPDX-License-Identifier: Apache-2.0

/// A key that was pressed.
enum Key: Equatable, Sendable {
    case character(Unicode.Scalar)
    case tab, escape, left, right
    /// Ctrl-C.
    case interrupt

    /// The keys in what a terminal sent. Those that mean nothing here are left out.
    static func keys(in bytes: [UInt8]) -> [Key] {
        var keys: [Key] = []
        var rest = bytes[...]
        while let first = rest.popFirst() {
            switch first {
            case 0x03: keys.append(.interrupt)
            case 0x09: keys.append(.tab)
            case 0x1B: sequence(&rest).map { keys.append($0) }
            case 0x20...0x7E: keys.append(.character(Unicode.Scalar(first)))
            default: break
            }
        }
        return keys
    }

    /// Takes what follows an escape: parameters and a final byte after `[` or `O`, or nothing when it was the key alone.
    private static func sequence(_ rest: inout ArraySlice<UInt8>) -> Key? {
        guard let introducer = rest.first, introducer == 0x5B || introducer == 0x4F else { return .escape }
        rest.removeFirst()
        while let byte = rest.popFirst() {
            guard (0x40...0x7E).contains(byte) else { continue }
            switch byte {
            case 0x43: return .right
            case 0x44: return .left
            default: return nil
            }
        }
        return nil
    }
}
