// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Testing

@testable import EmbeddedDriver

let second: UInt64 = 1_000_000_000

func address(_ last: UInt64) -> UnicastAddress { UnicastAddress(0x5254_0000_0000 | last)! }

/// A driver over a scripted function and a clock that the test moves.
final class Bench {
    let function: ScriptedFunction
    private(set) var driver: EmbeddedDriver!
    var now: UInt64 = 1_000 * second
    private(set) var events: [DriverEvent] = []

    init(_ settings: [VFSettings], function: ScriptedFunction = ScriptedFunction()) throws {
        self.function = function
        driver = try EmbeddedDriver(
            function, settings: settings, clock: { [unowned self] in now },
            report: { [unowned self] in events.append($0) })
        driver.service()
    }

    /// VFs with the addresses 52:54:00:00:00:01 and on, as `edit` changes them.
    convenience init(
        vfs: Int = 2, function: ScriptedFunction = ScriptedFunction(), _ edit: (inout [VFSettings]) -> Void = { _ in }
    ) throws {
        var settings = (0..<vfs).map { VFSettings(address: address(UInt64($0 + 1))) }
        edit(&settings)
        try self.init(settings, function: function)
    }

    var settings: [VFSettings] { driver.virtualFunctions.map(\.settings) }

    func apply(_ edit: (inout [VFSettings]) -> Void) {
        var settings = settings
        edit(&settings)
        driver.apply(settings)
    }

    /// Sends a request, and returns the answer.
    @discardableResult
    func ask(_ vf: Int, _ words: UInt32..., count: Int = 1) -> [UInt32]? {
        function.request(vf, words)
        driver.service()
        let answer = read(vf, count: count)
        return answer
    }

    /// Reads what the PF left.
    func read(_ vf: Int, count: Int = 1) -> [UInt32]? {
        let message = function.readMessage(vf, count: count)
        driver.service()
        return message
    }

    /// The beginning of each VF driver.
    func introduce(_ vfs: Int...) {
        for vf in vfs { ask(vf, 0x01, count: 3) }
    }

    subscript<R: Register>(_ type: R.Type, _ index: Int = 0) -> R { function[type, index] }

    /// The pools of the filter for `address`, a bit each; `nil` when there is none.
    func pools(of address: UnicastAddress) -> PoolSet? {
        let pools = (0..<RAH.count).filter { self[RAH.self, $0].isValid }
            .filter { UnicastAddress(low: self[RAL.self, $0].raw, high: self[RAH.self, $0].raw) == address }
            .map { self[RAH.self, $0].pools }
        return pools.isEmpty ? nil : pools.reduce(0, |)
    }

    /// The pools in a VLAN; `nil` when nobody is, or its filter is not set.
    func pools(inVLAN vlan: UInt16) -> PoolSet? {
        guard self[VFTA.self, Int(vlan >> 5)][Int(vlan & 31)] else { return nil }
        return (0..<VLVF.count).map { self[VLVF.self, $0] }.first { $0.isEnabled && $0.identifier == vlan }?.pools
    }
}
