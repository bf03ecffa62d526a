// SPDX-License-Identifier: Apache-2.0

/// How many frames went from whom to whom: between the wire and pools, and from pool to pool. Counted for a batch at a time.
///
/// Place 0 is the wire, p + 1 is pool p; without pools the PF is pool 0. A copy for each of several pools counts for each; a
/// packet that the uplink cuts counts once.
package struct SwitchMatrix: ~Copyable {
    private static let places = 9

    /// By sender, then by receiver.
    private let cells = FixedBuffer<UInt64>(repeating: 0, count: places * places)

    /// Whether frames are counted. Turning it on starts from 0.
    package var isOn = false {
        didSet {
            guard isOn, !oldValue else { return }
            for index in 0..<cells.count { cells[index] = 0 }
        }
    }

    init() {}

    /// Adds `frames` that went from a pool to another; `nil` is the wire.
    func add(_ frames: Int, from sender: Int?, to receiver: Int?) {
        cells[Self.place(sender) * Self.places + Self.place(receiver)] &+= UInt64(truncatingIfNeeded: frames)
    }

    private static func place(_ pool: Int?) -> Int { pool.map { $0 & 7 + 1 } ?? 0 }

    /// By sender, then by receiver.
    package var frames: [[UInt64]] {
        (0..<Self.places).map { row in (0..<Self.places).map { cells[row * Self.places + $0] } }
    }
}
