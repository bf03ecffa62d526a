// SPDX-License-Identifier: Apache-2.0

import ControlProtocol

/// What is counted of a function or queue, and shown as a rate. Tables have a column for each, and are sorted by one.
enum Measure: Int, CaseIterable, Sendable {
    case transmitFrames, transmitBits, receiveFrames, receiveBits, drops, interrupts, doorbells

    /// The title of its column.
    var title: String {
        switch self {
        case .transmitFrames: "tx f/s"
        case .transmitBits: "tx b/s"
        case .receiveFrames: "rx f/s"
        case .receiveBits: "rx b/s"
        case .drops: "drop/s"
        case .interrupts: "intr/s"
        case .doorbells: "bell/s"
        }
    }
}

/// A number for each measure.
struct Measures<Number: Numeric & Equatable & Sendable>: Equatable, Sendable {
    private var numbers = [Number](repeating: 0, count: Measure.allCases.count)

    init() {}

    init(_ number: (Measure) -> Number) { numbers = Measure.allCases.map(number) }

    subscript(measure: Measure) -> Number {
        get { numbers[measure.rawValue] }
        set { numbers[measure.rawValue] = newValue }
    }
}

extension Measures<UInt64> {
    /// Frames and bits of an object with `transmit` and `receive`.
    init(traffic json: JSONValue) {
        self.init()
        self[.transmitFrames] = (json["transmit"]?["frames"]).counter
        self[.transmitBits] = (json["transmit"]?["bytes"]).counter.bits
        self[.receiveFrames] = (json["receive"]?["frames"]).counter
        self[.receiveBits] = (json["receive"]?["bytes"]).counter.bits
    }
}

/// A function, and what it counted.
struct FunctionCounters: Equatable, Sendable {
    var name: String
    var exists: Bool
    var hasClient: Bool
    /// Its MAC address.
    var address: String
    var counts: Measures<UInt64>

    init(_ json: JSONValue, description: JSONValue) {
        name = json["function"].name(limit: 8)
        exists = json["exists"]?.bool ?? false
        hasClient = json["client"]?.bool ?? false
        address = description["address"].name(limit: 17)
        counts = Measures(traffic: json)
        counts[.drops] = lossesByReason(json["reasons"]).values.reduce(0) { $0.addingCapped($1) }
        counts[.interrupts] = json["interrupts"].counter
        counts[.doorbells] = json["doorbells"].counter
    }
}

/// A pair of a transmit and a receive queue, and what it counted.
struct QueueCounters: Equatable, Sendable {
    var number: Int
    /// Whose it is.
    var function: String
    var transmit: RingFill
    var receive: RingFill
    var counts: Measures<UInt64>

    init(_ json: JSONValue) {
        number = Int(json["queue"].counter % 1000)
        function = json["function"].name(limit: 8)
        transmit = RingFill(json["transmit"])
        receive = RingFill(json["receive"])
        counts = Measures(traffic: json)
        counts[.drops] = lossesByReason(json["reasons"]).values.reduce(0) { $0.addingCapped($1) }
        counts[.doorbells] = (json["transmit"]?["doorbells"]).counter
            .addingCapped((json["receive"]?["doorbells"]).counter)
    }
}

/// How full a ring is: with frames to send, or with free buffers.
struct RingFill: Equatable, Sendable {
    var isEnabled: Bool
    /// Descriptors that the device has got and not done yet, 0 to 1 of the ring.
    var share: Double

    init(_ json: JSONValue?) {
        isEnabled = json?["enabled"]?.bool ?? false
        let (pending, size) = ((json?["pending"]).counter, (json?["size"]).counter)
        share = size == 0 ? 0 : min(1, Double(pending) / Double(size))
    }
}
