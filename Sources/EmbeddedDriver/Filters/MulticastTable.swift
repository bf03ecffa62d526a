// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// The multicast hash filter, MTA, that all pools share: the sum of what the VFs asked for.
///
/// A VF that listens to any hash receives what any other asked for too; its driver sorts that out.
struct MulticastTable {
    /// More than one message can hold; a VF that has more gets all multicasts.
    static let hashLimit = 30

    private let registers: DeviceRegisters
    /// The hashes of each VF, 12 bits.
    private var hashes: [[UInt16]]
    /// As the registers are.
    private var words = [UInt32](repeating: 0, count: MTA.count)

    init(vfCount: Int, registers: DeviceRegisters) {
        self.registers = registers
        hashes = Array(repeating: [], count: vfCount)
    }

    func clear() {
        for index in words.indices { registers.write(MTA.self, index) }
    }

    mutating func set(_ new: [UInt16], of vf: Int) {
        hashes[vf] = new
        var sum = [UInt32](repeating: 0, count: words.count)
        for hash in hashes.joined() { sum[Int(hash >> 5 & 0x7F)] |= 1 << UInt32(hash & 31) }
        for index in words.indices where sum[index] != words[index] {
            registers[MTA.self, index] = MTA(raw: sum[index])
        }
        words = sum
    }

    func isEmpty(_ vf: Int) -> Bool { hashes[vf].isEmpty }
}
