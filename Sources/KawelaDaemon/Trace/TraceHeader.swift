// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// The first line of a trace: of which device it is, so that a replay can make the same.
struct TraceHeader: Equatable, Sendable {
    /// Of the format. Lines may get further keys without a new one.
    static let version = 1

    /// The port's name, where there are several.
    var name: String?
    /// The port's clock, in nanoseconds, when the trace began.
    var time: UInt64
    /// What the port was made of, with the EEPROM as it was then.
    var configuration: Port.Configuration
    /// The uplink had a carrier.
    var hasCarrier: Bool
    /// The port was new: nothing had been asked of it.
    var isFromStart: Bool
    var filter = TraceFilter.everything

    /// Numbers of the functions that are looked at.
    var functions: [Int] { (0...configuration.virtualFunctions).filter { filter.functions >> UInt16($0) & 1 != 0 } }

    /// Holds all that a replay needs.
    var isComplete: Bool { filter.kinds == .all && functions.count == configuration.virtualFunctions + 1 }
}

extension TraceHeader {
    /// Of a trace that begins now, at `time` of the port's clock.
    init(of port: Port, _ plan: ServePlan, time: UInt64, isFromStart: Bool, filter: TraceFilter = .everything) {
        var configuration = Port.Configuration(
            nvm: port.nvmImage, keepsNVM: plan.nvm != nil, virtualFunctions: plan.vfCount)
        configuration.isSynchronous = plan.isSynchronous
        configuration.expansionROM = port.physicalFunction.expansionROM
        self.init(
            name: plan.name, time: time, configuration: configuration, hasCarrier: port.linkStatus.hasCarrier,
            isFromStart: isFromStart, filter: filter)
    }
}
