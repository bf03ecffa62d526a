// SPDX-License-Identifier: Apache-2.0

import PCIe

extension ConfigurationSpace {
    var image: [UInt8] { bytes(at: 0, count: Self.size) }

    func bytes(at offset: Int, count: Int) -> [UInt8] {
        (offset..<offset + count).map { UInt8(read(at: $0, width: 1)) }
    }

    /// What the bits of `count` dwords from `offset` do, found by writing ones: writable ones read as one after.
    func afterWritingOnes(at offset: Int, dwords count: Int) -> [UInt32] {
        var copy = self
        for index in 0..<count { copy.write(at: offset + 4 * index, width: 4, .max) }
        return copy.dwords(at: offset, count: count)
    }

    func dwords(at offset: Int, count: Int) -> [UInt32] {
        (0..<count).map { read(at: offset + 4 * $0, width: 4) }
    }
}
