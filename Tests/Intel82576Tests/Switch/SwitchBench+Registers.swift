// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport

/// A ``SwitchModel`` as register values.
extension SwitchBench {
    func program(receiveControl bits: UInt32) {
        programFilters()
        programVLANs()
        for (index, pool) in model.pools.enumerated() { program(pool, index) }
        programPoolMasks()
        for (index, rule) in model.mirrors.enumerated() { program(rule, index) }
        programSpreading()
        driver[raw: VT_CTL.self] =
            UInt32(model.defaultPool ?? 0) << 7 | bit(28, model.ignoresMAC) | bit(29, model.defaultPool == nil)
            | bit(30, model.replicates)
        driver[raw: RPLOLR.self] = bit(30, model.stripsVLANOfReplicated) | bit(31, model.stripsCRCOfReplicated)
        driver[raw: RLPML.self] = 9728
        driver[raw: RCTL.self] = 1 << 5 | UInt32(model.hashOffset) << 12 | bit(18, model.filtersVLANs) | 1 << 26 | bits
    }

    private func bit(_ number: Int, _ isSet: Bool) -> UInt32 { isSet ? 1 << UInt32(number) : 0 }

    private func bitmap(_ numbers: Set<Int>) -> UInt32 { numbers.reduce(0) { $0 | 1 << UInt32($1) } }

    /// A table of 128 registers with a bit for each of 4096 numbers.
    private func table(at offset: Int, _ numbers: Set<Int>) {
        var words = [UInt32](repeating: 0, count: 128)
        for number in numbers { words[number / 32] |= 1 << UInt32(number % 32) }
        for (index, word) in words.enumerated() { driver[offset + 4 * index] = word }
    }

    /// Half the filters at the start of the address registers, half at their end (a second block).
    private func programFilters() {
        for slot in 0..<24 { driver[addressRegister(slot) + 4] = 0 }
        for (index, filter) in model.exactFilters.enumerated() {
            let count = model.exactFilters.count
            let offset = addressRegister(index < count / 2 ? index : 24 - count + index)
            let address = filter.address.value.byteSwapped >> 16
            driver[offset] = UInt32(truncatingIfNeeded: address)
            driver[offset + 4] = UInt32(address >> 32) | bitmap(filter.pools) << 18 | 1 << 31
        }
        table(at: 0x5200, model.multicastHashes)
        table(at: 0xA000, model.unicastHashes)
    }

    private func addressRegister(_ slot: Int) -> Int { slot < 16 ? 0x5400 + 8 * slot : 0x54E0 + 8 * (slot - 16) }

    private func programVLANs() {
        table(at: 0x5600, model.vlanTable)
        for (index, group) in model.vlanGroups {
            driver[raw: VLVF.self, index] =
                UInt32(group.vlan) | bitmap(group.pools) << 12 | bit(20, group.isLocal) | 1 << 31
        }
    }

    private func program(_ pool: SwitchModel.Pool, _ index: Int) {
        driver[raw: VMOLR.self, index] =
            UInt32(pool.longFrameLimit ?? 0) | bit(16, pool.longFrameLimit != nil) | bit(17, pool.spreads)
            | bit(24, pool.acceptsUntagged) | bit(25, pool.acceptsMulticastHash) | bit(26, pool.acceptsUnicastHash)
            | bit(27, pool.acceptsBroadcast) | bit(28, pool.acceptsAllMulticast) | bit(30, pool.stripsVLAN)
            | bit(31, pool.stripsCRC)
        driver[raw: VMVIR.self, index] =
            switch pool.tagging {
            case .descriptor: 0
            case .always(let tag): 1 << 30 | UInt32(tag)
            case .never: 2 << 30
            }
    }

    private func programPoolMasks() {
        func mask(_ property: KeyPath<SwitchModel.Pool, Bool>) -> UInt32 {
            bitmap(model.pools { $0[keyPath: property] })
        }
        driver[raw: VFRE.self] = mask(\.receives)
        driver[raw: VFTE.self] = mask(\.transmits)
        driver[raw: DTXSWC.self] =
            mask(\.checksSource) | mask(\.checksVLAN) << 8 | mask(\.hearsItself) << 16 | bit(31, model.switchesLocally)
        driver[raw: DTXCTL.self] |= 1 << 3
    }

    private func program(_ rule: SwitchModel.Mirror, _ index: Int) {
        driver[raw: VMRVLAN.self, index] = bitmap(rule.vlanEntries)
        driver[raw: VMRVM.self, index] = bitmap(rule.pools)
        driver[raw: VMRCTL.self, index] =
            bit(0, !rule.pools.isEmpty) | bit(1, rule.copiesUplink) | bit(2, rule.copiesDownlink)
            | bit(3, !rule.vlanEntries.isEmpty) | UInt32(rule.destination) << 8
    }

    /// MRQC mode 3, or mode 5 with TCP over IPv4 as the one type that is spread.
    private func programSpreading() {
        driver[raw: MRQC.self] = model.spreading == nil ? 3 : 5 | 1 << 16
        driver[raw: RXCSUM.self] = 1 << 13
        guard let spreading = model.spreading else { return }
        for index in 0..<32 { driver[raw: RETA.self, index] = word(spreading.table, index) }
        for index in 0..<10 { driver[raw: RSSRK.self, index] = word(spreading.key, index) }
    }

    private func word(_ bytes: [UInt8], _ index: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[4 * index + $1]) << UInt32(8 * $1) }
    }
}
