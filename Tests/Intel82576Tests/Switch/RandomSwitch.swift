// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// Random configurations and frames out of few addresses and VLANs, so that most frames hit something.
struct RandomSwitch {
    var generator: SeededGenerator
    private let stations: [MACAddress]
    private let groups: [MACAddress]
    private let vlans = [0, 1, 2, 77, 100, 4094]

    init(seed: UInt64) {
        var generator = SeededGenerator(seed)
        stations = (0..<10).map { _ in MACAddress(value: generator.next() & 0xFEFF_FFFF_FFFF | 0x0200_0000_0000) }
        groups =
            (0..<4).map { _ in MACAddress(value: generator.next() & 0xFFFF_FFFF_FFFF | 0x0100_0000_0000) }
            + [MACAddress(value: 0x0180_C200_000E)]
        self.generator = generator
    }

    // MARK: Configurations

    mutating func model() -> SwitchModel {
        var model = SwitchModel()
        model.hashOffset = generator.number(0...3)
        addFilters(to: &model)
        addVLANs(to: &model)
        for index in model.pools.indices { model.pools[index] = pool() }
        model.defaultPool = generator.chance(80) ? generator.number(0...7) : nil
        model.ignoresMAC = generator.chance(8)
        model.replicates = generator.chance(80)
        model.switchesLocally = generator.chance(90)
        model.stripsVLANOfReplicated = generator.chance(50)
        model.stripsCRCOfReplicated = generator.chance(80)
        if generator.chance(40) { model.mirrors = (0..<4).map { _ in mirror(of: model) } }
        if generator.chance(40) { model.spreading = .init(key: generator.bytes(40), table: generator.bytes(128)) }
        return model
    }

    private mutating func addFilters(to model: inout SwitchModel) {
        for _ in 0..<generator.number(3...12) {
            let address = one(of: generator.chance(80) ? stations : groups)
            model.exactFilters.append(.init(address: address, pools: poolSet(empty: 8)))
        }
        for address in groups where generator.chance(50) { model.multicastHashes.insert(model.hash(address)) }
        for address in stations where generator.chance(30) { model.unicastHashes.insert(model.hash(address)) }
    }

    private mutating func addVLANs(to model: inout SwitchModel) {
        model.filtersVLANs = generator.chance(60)
        for vlan in vlans where generator.chance(80) { model.vlanTable.insert(vlan) }
        for _ in 0..<generator.number(0...8) {
            let group = SwitchModel.VLANGroup(
                vlan: one(of: vlans), pools: poolSet(empty: 5), isLocal: generator.chance(15))
            model.vlanGroups[generator.number(0...31)] = group
        }
    }

    private mutating func pool() -> SwitchModel.Pool {
        var pool = SwitchModel.Pool()
        pool.acceptsUntagged = generator.chance(70)
        pool.acceptsMulticastHash = generator.chance(50)
        pool.acceptsUnicastHash = generator.chance(30)
        pool.acceptsBroadcast = generator.chance(60)
        pool.acceptsAllMulticast = generator.chance(15)
        pool.longFrameLimit = generator.chance(50) ? nil : one(of: [9728, 9728, 300, 1500, 1521, 1600])
        pool.stripsVLAN = generator.chance(50)
        pool.stripsCRC = generator.chance(80)
        pool.spreads = generator.chance(70)
        pool.receives = generator.chance(92)
        pool.checksSource = generator.chance(30)
        pool.checksVLAN = pool.checksSource && generator.chance(60)
        pool.hearsItself = generator.chance(15)
        if generator.chance(30) { pool.tagging = generator.chance(60) ? .always(tag()) : .never }
        return pool
    }

    private mutating func mirror(of model: SwitchModel) -> SwitchModel.Mirror {
        var rule = SwitchModel.Mirror(destination: generator.number(0...7))
        if generator.chance(30) { rule.pools = poolSet(empty: 0) }
        rule.copiesUplink = generator.chance(10)
        rule.copiesDownlink = generator.chance(10)
        if generator.chance(30) { rule.vlanEntries = Set(model.vlanGroups.keys.filter { $0 % 3 == 0 }) }
        return rule
    }

    // MARK: Frames

    mutating func burst(from origin: SwitchModel.Origin, in model: SwitchModel) -> [SwitchBench.Transmission] {
        (0..<(generator.chance(70) ? 1 : generator.number(2...8))).map { _ in
            let frame = frame(from: origin, in: model)
            return .init(frame: frame, tag: origin != .wire && generator.chance(30) ? tag() : nil)
        }
    }

    private mutating func frame(from origin: SwitchModel.Origin, in model: SwitchModel) -> SwitchFrame {
        var frame = SwitchFrame(destination: destination(), source: one(of: stations), content: content())
        if case .pool(let pool) = origin, generator.chance(75),
            let own = model.exactFilters.first(where: { $0.pools.contains(pool) })
        {
            frame.source = own.address
        }
        if generator.chance(45) { frame.tags = [tag()] }
        return frame
    }

    private mutating func destination() -> MACAddress {
        switch generator.number(0...9) {
        case 0...5: one(of: stations)
        case 6...7: one(of: groups)
        case 8: MACAddress(value: 0xFFFF_FFFF_FFFF)
        default: MACAddress(value: generator.next() & 0xFEFF_FFFF_FFFF)
        }
    }

    /// TCP over IPv4, or an experimental EtherType; at times just as long as some limit.
    private mutating func content() -> [UInt8] {
        if generator.chance(50) {
            var recipe = FrameRecipe()
            recipe.source = generator.bytes(4)
            recipe.payload = generator.bytes(generator.number(6...100))
            return Array(recipe.bytes[12...])
        }
        let length = generator.chance(25) ? one(of: [284, 1480, 1500, 1504, 1580]) + generator.number(-4...4) : 46
        return [0x88, 0xB5] + generator.bytes(length)
    }

    private mutating func tag() -> UInt16 { UInt16(one(of: vlans)) | UInt16(generator.number(0...7)) << 13 }

    private mutating func poolSet(empty: Int) -> Set<Int> {
        if generator.chance(empty) { return [] }
        return Set((0..<(generator.chance(70) ? 1 : 3)).map { _ in generator.number(0...7) })
    }

    private mutating func one<Element>(of list: [Element]) -> Element { list[generator.number(0...list.count - 1)] }
}
