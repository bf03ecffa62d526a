// SPDX-License-Identifier: Apache-2.0

import PCIe

@testable import Intel82576

/// Runs an input as a script: what drivers of PF and VFs do over time, good and bad.
struct Script {
    var input: Input
    let bench: Bench
    /// Judges what the drivers do, in some inputs.
    private let lint: Lint?
    /// Operations of an input at most.
    static let longest = 200

    var port: Port { bench.port }

    init(_ input: Input, _ bench: Bench) { (self.input, self.bench, lint) = (input, bench, nil) }

    init(_ input: Input) {
        self.input = input
        let (shape, offloads) = (self.input.byte(), self.input.byte())
        bench = Bench(
            virtualFunctions: Int(shape & 3), offloads: UplinkOffloads(rawValue: offloads & 15))
        lint = shape & 4 != 0 ? Lint(watching: bench.port) : nil
    }

    mutating func run() {
        for _ in 0..<Self.longest where !input.isAtEnd && !bench.isExhausted { step() }
        bench.finish()
        if let lint { require(lint.take().reports.count <= Lint.mostReports, "misuse reports have no bound") }
    }

    /// Does the next operation of the input.
    mutating func step() {
        let count = UInt8(Operation.allCases.count)
        if let operation = Operation(rawValue: input.byte() % count) { perform(operation) }
    }

    /// Does `operation` with operands of its own.
    mutating func perform(_ operation: Operation, _ operands: [UInt8]) {
        let rest = input
        input = Input(operands)
        perform(operation)
        input = rest
    }

    private mutating func perform(_ operation: Operation) {
        switch operation {
        case .writeRegister, .readRegister, .accessAnything, .writeConfiguration, .mail, .shiftEEPROM, .accessPHY:
            access(operation)
        case .setUpTransmit, .setUpReceive, .giveBuffers, .ringTransmit, .ringReceive: drive(operation)
        case .postPacket, .postSegmented, .postLegacy, .postDescriptor: post(operation)
        case .arrive, .run, .settle, .changeWire: passTime(operation)
        case .enableFunctions, .reset, .plug, .remap, .writeMemory, .start: change(operation)
        default: setUp(operation)
        }
        bench.observe()
    }

    /// A guest whose function is plugged in, and any queue number of 0 to 15.
    mutating func guestAndQueue() -> (Guest, Int) {
        let byte = input.byte()
        let guest = bench.guests[Int(byte & 3) % bench.guests.count]
        let queue = Int(byte >> 4)
        return (guest, guest.number == 0 ? queue : queue & 1)
    }

    mutating func guest() -> Guest { bench.guests[Int(input.byte()) % bench.guests.count] }

    /// Usually `normal`, else somewhere else: in other areas, over their borders, past the end, anywhere.
    mutating func address(_ normal: Int) -> UInt64 {
        let code = input.byte()
        let areas = GuestMemory.Area.allCases
        switch code {
        case 0..<208: return UInt64(normal)
        case 208..<232:
            let area = GuestMemory.addresses(of: areas[Int(code) % areas.count])
            return UInt64(area.lowerBound + Int(input.value16()) % area.count)
        case 232..<244:
            let area = GuestMemory.addresses(of: areas[Int(code) % areas.count])
            return UInt64(area.upperBound - Int(input.byte()))
        case 244..<250: return UInt64(GuestMemory.size) + UInt64(input.byte()) - 128
        case 250..<253: return UInt64.max >> 1 - UInt64(input.byte())
        default: return input.value64() & 0x7FFF_FFFF_FFFF_FFFF
        }
    }
}

// MARK: Time and the wire

extension Script {
    private mutating func passTime(_ operation: Operation) {
        switch operation {
        case .arrive: arrive()
        case .run: bench.run(after: UInt64(1) << UInt64(input.byte() % 34))
        case .settle:
            bench.clock.now &+= 1_000_000
            bench.settle()
        default: changeWire()
        }
    }

    mutating func arrive() {
        for _ in 0...Int(input.byte() & 7) {
            let recipe = FrameRecipe(&input, longest: 9000)
            bench.uplink.incoming.append((recipe.bytes, offload(of: recipe)))
        }
        if port.wantsFrames { bench.receive() }
        bench.run()
    }

    private mutating func offload(of recipe: FrameRecipe) -> FrameBatch.Offload {
        var offload = FrameBatch.Offload()
        let code = input.byte()
        offload.isChecksumValid = code & 0xC0 == 0x40
        guard code & 0x80 != 0, recipe.transport != .other else { return offload }
        offload.needsChecksum = true
        offload.checksumStart = UInt16(recipe.macLength + recipe.ipLength)
        offload.checksumOffset = recipe.transport == .udp ? 6 : recipe.transport == .tcp ? 16 : 8
        guard code & 0x20 != 0, recipe.transport != .sctp else { return offload }
        offload.segmentation = recipe.transport == .udp ? .udp : recipe.isIPv4 ? .tcp4 : .tcp6
        offload.segmentSize = max(input.value16() & 0x0FFF, 16)
        offload.headerLength = UInt16(recipe.macLength + recipe.ipLength + recipe.transportLength)
        return offload
    }

    private mutating func changeWire() {
        let code = input.byte()
        bench.uplink.isCongested = code & 1 != 0
        bench.uplink.room = code & 2 != 0 ? Int(input.byte()) : .max
        if code & 4 != 0 {
            bench.uplink.isLinkUp.toggle()
            port.uplinkLinkChanged()
        }
        bench.run()
    }
}
