// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// The addresses the sentences use: pool 7 is the PF's, pools 0 to 2 belong to three VFs.
enum SwitchScene {
    static let everybody = MACAddress("ff:ff:ff:ff:ff:ff")!
    static let group = MACAddress("01:00:5e:00:00:fb")!
    static let stranger = MACAddress("52:54:00:99:99:99")!

    /// The station address of a pool.
    static func station(_ pool: Int) -> MACAddress { MACAddress(value: 0x0200_0000_1000 + UInt64(pool)) }

    /// Pools 0, 1, 2 and 7 with an address each; broadcast for all of them; the PF's pool is the default.
    static func model(_ change: (inout SwitchModel) -> Void = { _ in }) -> SwitchModel {
        var model = SwitchModel()
        for pool in [7, 0, 1, 2] {
            model.exactFilters.append(.init(address: station(pool), pools: [pool]))
            model.pools[pool].acceptsBroadcast = true
        }
        model.defaultPool = 7
        change(&model)
        return model
    }

    static func frame(
        to destination: MACAddress, from source: MACAddress = stranger, tags: [UInt16] = [], bytes: Int = 60,
        type: [UInt8] = [0x88, 0xB5]
    ) -> SwitchFrame {
        let content = (0..<bytes - 12 - 4 * tags.count).map { UInt8(truncatingIfNeeded: $0) }
        return SwitchFrame(destination: destination, source: source, tags: tags, content: type + content.dropFirst(2))
    }

    /// A TCP segment over IPv4 with the ports and addresses of Microsoft's verification suite.
    static func tcp(to destination: MACAddress, host: UInt8 = 187) -> SwitchFrame {
        var recipe = FrameRecipe()
        (recipe.source, recipe.destination) = ([66, 9, 149, host], [161, 142, 100, 80])
        recipe.payload = [UInt8](repeating: 7, count: 20)
        return SwitchFrame(destination: destination, source: stranger, content: Array(recipe.bytes[12...]))
    }
}
