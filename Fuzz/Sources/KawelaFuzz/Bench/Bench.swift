// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import PCIe

@testable import EmbeddedDriver
@testable import Intel82576

/// How much one call of a port may do.
enum Bounds {
    /// Frames out in one `Port.run()`: all 16 queues use up their 1,024, each with the batch of 256 that exceeds it. Numbers,
    /// so that a device that does more does not move its own bound.
    static let framesPerRun = 16 * (1024 + 256)
    /// Messages to a host in one `Port.run()`: for each descriptor it and its buffer, in pages.
    static let requestsPerRun = 16 * Transmit.descriptorsPerRun * 32
    /// Calls of `Port.run()` until there is nothing left to do.
    static let runs = 20_000
    /// Frames of an input after which it ends: what it can show, it has shown.
    static let framesPerInput = 20_000
}

/// A port with its functions, each in a virtual machine of its own, and everything that must be true of them.
final class Bench {
    final class Clock {
        var now: UInt64 = 1_000_000_000
    }

    let clock = Clock()
    let uplink: CheckedUplink
    let port: Port
    /// The PF's, then those of VFs.
    private(set) var guests: [Guest] = []
    /// The driver of the PF in the daemon, where no guest has it.
    private(set) var driver: EmbeddedDriver?
    /// What that driver said about each VF.
    private var events: [Int] = []
    private let start: UInt64
    /// Functions whose frames may have reached other functions.
    private var hasSentInside: Set<Int> = []
    private var frames = 0

    var physical: Guest { guests[0] }

    /// - Parameters:
    ///   - nvm: the EEPROM; that of a factory when there is none.
    ///   - expansionROM: of the PF.
    ///   - settings: of VFs, for the driver in the daemon; the PF is a guest's when there are none.
    init(
        virtualFunctions: Int, offloads: UplinkOffloads = [], nvm: NVMImage? = nil,
        expansionROM: ExpansionROM? = nil, settings: [VFSettings] = []
    ) {
        uplink = CheckedUplink(offloads: offloads)
        let image = nvm ?? NVMImage(macAddress: Self.address(of: 0))
        var configuration = Port.Configuration(nvm: image, keepsNVM: false, virtualFunctions: virtualFunctions)
        configuration.expansionROM = expansionROM
        port = Port(configuration, uplink: uplink, clock: { [clock] in clock.now })
        start = clock.now
        guests = (0...virtualFunctions).map { Guest($0, of: port) }
        if !settings.isEmpty { startDriver(settings) }
        guests.dropFirst(settings.isEmpty ? 0 : 1).forEach { $0.attach() }
        uplink.onTags = { [unowned self] tags, pool in check(tags, in: pool) }
    }

    private func startDriver(_ settings: [VFSettings]) {
        events = settings.map { _ in 0 }
        do {
            driver = try EmbeddedDriver(port.physicalFunction, settings: settings, clock: { [clock] in clock.now }) {
                [unowned self] event in note(event)
            }
        } catch { violated("the embedded driver does not start: \(error)") }
        for _ in 0..<3 { run(after: 2_000_000_000) }
    }

    private func note(_ event: DriverEvent) {
        switch event {
        case .linkChanged: break
        case .started(let vf, _), .reset(let vf), .addressChanged(let vf, _), .refused(let vf, _), .spoofed(let vf):
            events[vf] += 1
        }
    }

    /// What VFs ask for does not fill the log.
    func checkEvents() {
        let most = EventRateLimit.burst + Int((clock.now - start) / 1_000_000_000) + 1
        require(events.allSatisfy { $0 <= most }, "the embedded driver said \(events) about VFs")
    }

    deinit { guests.forEach { $0.detach() } }

    /// The station address that drivers give function `number`.
    static func address(of number: Int) -> MACAddress { MACAddress(value: 0x0200_0000_0001 + UInt64(number)) }

    /// The input has shown what it can.
    var isExhausted: Bool { frames > Bounds.framesPerInput }

    // MARK: Time

    /// One turn of the owner's loop.
    func run(after nanoseconds: UInt64 = 0) {
        clock.now &+= nanoseconds
        observe()
        uplink.frames = 0
        guests.forEach { $0.requests = 0 }
        driver?.service()
        port.run()
        checkWork()
        observe()
        askForMore()
    }

    /// What an owner asks after a turn.
    private func askForMore() {
        _ = (port.counters, port.nvmChanges)
        if let deadline = port.nextDeadline, deadline > clock.now, port.hasWork == false {
            require(deadline - clock.now < 1 << 62, "a deadline that never comes")
        }
    }

    /// Frames from the wire, one batch at most.
    func receive() {
        observe()
        uplink.frames = 0
        guests.forEach { $0.requests = 0 }
        port.receiveFromUplink()
        checkWork()
        observe()
    }

    /// Runs until there is nothing left to do.
    func settle() {
        var runs = 0
        while port.hasWork, !isExhausted {
            run()
            runs += 1
            require(runs < Bounds.runs, "the port does not come to rest")
        }
    }

    private func checkWork() {
        require(uplink.frames <= Bounds.framesPerRun, "\(uplink.frames) frames in one run")
        frames += uplink.frames
        for guest in guests {
            require(guest.requests <= Bounds.requestsPerRun, "\(guest.requests) requests to a host in one run")
            frames += guest.requests / 16
        }
    }

    // MARK: Who may have touched what

    private func owner(ofPool pool: Int) -> Int { pool < port.functions.enabledCount ? pool + 1 : 0 }

    /// Notes whose queues are in use, and whose frames reached pools.
    func observe() {
        for queue in 0..<16 {
            let isUsed = port.registers[TXDCTL.self, queue].isEnabled || port.registers[RXDCTL.self, queue].isEnabled
            if isUsed { guests[owner(ofPool: queue & 7)].isInUse = true }
        }
        for pool in 0..<8 where port.registers[PFVFGPTLBC.self, pool].raw != 0 {
            hasSentInside.insert(owner(ofPool: pool))
        }
        if port.deviceControl.isLoopback { hasSentInside.formUnion(guests.indices) }
    }

    /// A frame that leaves consists of what its sender may read, or of what came to it from others. Without pools nobody says
    /// which function sent it; it is one.
    private func check(_ tags: Set<Tag>, in pool: UInt8?) {
        observe()
        var owners = Set(tags.map(\.owner)).subtracting(hasSentInside)
        if let pool { owners.insert(owner(ofPool: Int(pool))) }
        require(
            owners.count <= 1 && tags.allSatisfy { $0.kind != .hidden && $0.kind != .writeOnly },
            "a frame of pool \(pool.map { "\($0)" } ?? "none") leaves with \(tags)")
    }

    /// What a function may not write it has not written, and nothing has come from where it may not read.
    func checkMemory() {
        observe()
        for guest in guests {
            let memory = guest.memory
            require(memory.isUntouched(.readOnly), "function \(guest.number) wrote to memory that it may read only")
            require(memory.isUntouched(.hidden), "function \(guest.number) wrote to memory that is not mapped")
            for area in [GuestMemory.Area.shared, .writeOnly, .messages] {
                if !guest.isInUse {
                    require(memory.isUntouched(area), "the \(area) memory of function \(guest.number) has changed")
                }
                for tag in memory.foreignTags(in: area) { checkReceived(tag, guest) }
            }
            guest.checkDetached()
        }
    }

    private func checkReceived(_ tag: Tag, _ guest: Guest) {
        require(tag.kind != .hidden && tag.kind != .writeOnly, "function \(guest.number) received \(tag)")
        require(
            tag.owner == guest.number || hasSentInside.contains(tag.owner), "function \(guest.number) received \(tag)")
    }
}

// MARK: After each input

extension Bench {
    /// Everything that must be true at an input's end: memory, rest, and that the next client is served.
    func finish() {
        settle()
        checkMemory()
        guests.forEach { $0.detach() }
        if driver != nil { port.physicalFunction.detach() }
        driver = nil
        checkServesNextClient()
        guests.forEach { $0.checkDetached() }
    }

    /// A new client of the PF sends a frame and receives one.
    private func checkServesNextClient() {
        (uplink.isCongested, uplink.isLinkUp, uplink.incoming, uplink.room) = (false, true, [], .max)
        uplink.onTags = { tags, _ in violated("the next client's frame has \(tags)") }
        let client = Client(port, clock)
        let (sent, arrived) = (Client.frame(1), Client.frame(2))
        client.send(sent)
        require(uplink.last == sent, "the next client's frame does not leave")
        let short = Array(sent.prefix(20))
        client.send(short)
        let padded = short + [UInt8](repeating: 0, count: 40)
        require(uplink.last == padded, "a short frame of the next client leaves as \(uplink.last)")
        uplink.incoming = [(arrived, FrameBatch.Offload())]
        port.receiveFromUplink()
        require(client.received() == arrived, "the next client does not receive")
        client.leave()
    }
}

/// A plain driver of the PF after an input.
private struct Client {
    private let port: Port
    private let clock: Bench.Clock
    private let host = TestHost()
    private static nonisolated(unsafe) let memory = TestMemory(size: 0x10000)
    private static let (transmit, receive, sent, buffer) = (
        UInt64(0x1000), UInt64(0x2000), UInt64(0x3000), UInt64(0x4000)
    )
    /// Descriptors of a ring, the fewest there can be.
    private static let count = 8

    init(_ port: Port, _ clock: Bench.Clock) {
        (self.port, self.clock) = (port, clock)
        let function = port.physicalFunction
        function.attach(host)
        port.uplinkLinkChanged()
        do { try function.map(Self.memory.mapping) } catch { violated("the next client cannot map memory: \(error)") }
        Self.memory.bytes.initializeMemory(as: UInt8.self, repeating: 0)
        function.writeConfiguration(at: 4, width: 2, 0x0006)
        self[CTRL.self] = 1 << 6
        for _ in 0..<10 {
            clock.now &+= 1_000_000_000
            port.run()
        }
        // EN and PSP.
        self[TCTL.self] = 1 << 1 | 1 << 3
        setUpRings()
    }

    static func frame(_ number: UInt8) -> [UInt8] {
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0, 0, 9, 0x88, 0xB5] + [UInt8](repeating: number, count: 300)
    }

    private subscript<R: Register>(_ type: R.Type) -> UInt32 {
        get { UInt32(truncatingIfNeeded: port.physicalFunction.readBAR(0, at: R.offset, width: 4)) }
        nonmutating set { port.physicalFunction.writeBAR(0, at: R.offset, width: 4, UInt64(newValue)) }
    }

    private func setUpRings() {
        self[TXDCTL.self] = 0
        (self[TDBAL.self], self[TDBAH.self]) = (UInt32(Self.transmit), 0)
        self[TDLEN.self] = UInt32(16 * Self.count)
        (self[TDH.self], self[TDT.self], self[TXDCTL.self]) = (0, 0, 1 << 25)
        self[RXDCTL.self] = 0
        (self[RDBAL.self], self[RDBAH.self]) = (UInt32(Self.receive), 0)
        self[RDLEN.self] = UInt32(16 * Self.count)
        self[SRRCTL.self] = 2 | 1 << 25
        Self.memory.store(Self.buffer, at: Self.receive)
        (self[RDH.self], self[RXDCTL.self], self[RDT.self]) = (0, 1 << 25, 1)
        var control = RCTL(raw: 0)
        (control.isEnabled, control.acceptsBroadcast, control.stripsCRC) = (true, true, true)
        self[RCTL.self] = control.raw
    }

    func send(_ frame: [UInt8]) {
        let (tail, command) = (self[TDT.self], UInt64(0x3 << 20 | 1 << 24 | 1 << 25 | 1 << 27 | 1 << 29))
        let descriptor = Self.transmit + UInt64(16 * tail)
        Self.memory.write(frame, at: Self.sent)
        Self.memory.store(Self.sent, at: descriptor)
        Self.memory.store(UInt64(frame.count) | command | UInt64(frame.count) << 46, at: descriptor + 8)
        self[TDT.self] = tail + 1
        port.run()
    }

    func received() -> [UInt8] {
        let status = Self.memory.load(at: Self.receive + 8)
        return status & 3 == 3 ? Self.memory.read(Int(status >> 32 & 0xFFFF), at: Self.buffer) : []
    }

    func leave() { port.physicalFunction.detach() }
}
