// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostSystem
import Logging
import PCIe

@testable import Intel82576
@testable import VFIOUser

/// What a client of vfio-user sends: messages of each command, bytes of any kind, and descriptors of memory, events and
/// other files, to a session that serves the PF of a whole port.
///
/// The first byte says how the connection begins. Then, an operation a byte: a message, turns of the session, or of the
/// port, which then sends requests to the client.
func runVFIOUser(_ input: Input) {
    Files.open()
    let open = openDescriptors()
    do {
        var client = ClientScript(input)
        client.run()
    }
    require(openDescriptors() == open, "a descriptor of the client's was not closed")
}

/// As far as an input can come: what its messages hold at once, and what is open anyway.
private func openDescriptors() -> [CInt] { (0..<CInt(Limits.heldDescriptors + 64)).filter { fcntl($0, F_GETFD) >= 0 } }

/// Files that clients hand over, the same for all inputs.
private struct Files {
    static let shared = Files()

    static let memorySize = 0x20_0000

    /// Has the files opened, if they are not yet.
    static func open() { _ = shared }

    private let memory = kw_memfd("guest")
    private let pipe: [CInt]

    private init() {
        ftruncate(memory, Self.memorySize)
        var ends: [CInt] = [-1, -1]
        _ = Glibc.pipe(&ends)
        pipe = ends
    }

    /// Memory, an event of its own, or something else.
    func choose(_ code: UInt8, _ events: CInt) -> CInt {
        switch code % 4 {
        case 0, 1: memory
        case 2: events
        default: pipe[0]
        }
    }
}

private struct ClientScript {
    private var input: Input
    private let transport = ClientTransport()
    private let port: Port
    private let session: Session
    private let event = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
    private let clock = Bench.Clock()
    private var id: UInt16 = 1

    init(_ input: Input) {
        self.input = input
        let shape = self.input.byte()
        var configuration = Port.Configuration(macAddress: Bench.address(of: 0), virtualFunctions: Int(shape & 1))
        if shape & 32 != 0 { configuration.expansionROM = ExpansionROM(erased: 128 << 10) }
        port = Port(configuration, uplink: CheckedUplink(offloads: []), clock: { [clock] in clock.now })
        let log = EventLog(Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
        session = Session(
            transport, function: port.physicalFunction, log: log, guestMemory: shape & 4 != 0 ? .anyFile : .inMemory)
        transport.transferSize = session.transferSize
        transport.answers = Input(self.input.take(Int(self.input.byte())))
        if shape & 8 == 0 { shakeHands() }
        if shape & 16 != 0 { setUpRings() }
    }

    mutating func run() {
        for _ in 0..<200 where !input.isAtEnd && session.end == nil { step() }
        transport.hasHungUp = true
        for _ in 0..<10_000 where session.end == nil { turn() }
        require(session.end != nil, "a session goes on when its client has left")
        session.flush()
        session.release()
        close(event)
        require(session.received.count == 0, "descriptors are kept after the end")
    }

    private func turn() {
        session.handleInput()
        if session.hasOutput { session.handleWritable() }
    }

    private mutating func step() {
        let code = input.byte()
        switch code & 15 {
        case 0: transport.send(input.take(Int(input.byte())), files())
        case 1, 2: sendAnything(command: UInt16(input.byte() % 20))
        case 3, 4: sendRegionAccess()
        case 5: sendMapping()
        case 6: sendUnmapping()
        case 7, 8: sendInterrupts()
        case 9: sendMultipleWrites()
        case 10: askForRegion()
        case 11:
            askFor([.deviceGetInfo, .deviceGetIRQInfo, .deviceReset, .version][Int(code >> 4 & 3)], UInt32(code >> 6))
        case 12: raise(code)
        case 13: transport.room = code & 0x80 != 0 ? Int(code >> 4 & 7) : .max
        default: runPort(code)
        }
        if code & 0x10 == 0 { turn() }
    }

    // MARK: The owner's turns

    private mutating func runPort(_ code: UInt8) {
        clock.now &+= UInt64(code) << 16
        port.run()
        turn()
        session.handleResample()
    }

    private func raise(_ code: UInt8) {
        guard session.state == .running else { return }
        for vector in -1...Int(code >> 4) {
            session.sendMSIX(vector)
            session.sendMSI(vector)
        }
        session.setINTx(asserted: code & 0x80 != 0)
    }

    // MARK: Messages

    private mutating func files() -> [CInt] {
        let code = input.byte()
        guard code & 0xC0 == 0xC0 else { return [] }
        return (0..<Int(code & 31)).map { Files.shared.choose(code >> 5 &+ UInt8($0), event) }
    }

    private mutating func send(_ command: Command, _ payload: [UInt8], _ files: [CInt] = []) {
        send(command: command.rawValue, payload, files)
    }

    private mutating func send(command: UInt16, _ payload: [UInt8], _ files: [CInt]) {
        id &+= 1
        let code = input.byte()
        let flags: UInt32 = code & 1 != 0 ? 0x10 : 0
        let size = UInt32(16 + payload.count) &+ (code >= 0xFC ? UInt32(code & 3) : 0)
        transport.send(bytes(id, command, size, flags, UInt32(0)) + payload, files)
    }

    private mutating func sendAnything(command: UInt16) {
        let payload = input.take(Int(input.byte()))
        send(command: command, payload, files())
    }

    private mutating func shakeHands() {
        let text = Array(#"{"capabilities":{"max_msg_fds":16,"max_data_xfer_size":1048576}}"#.utf8) + [0]
        let header = bytes(UInt16(0), Command.version.rawValue, UInt32(20 + text.count), UInt32(0), UInt32(0))
        transport.send(header + bytes(UInt32(0)) + text)
        turn()
    }

    private mutating func askForRegion() {
        let (size, region) = (UInt32(input.byte() & 63), UInt32(input.byte() & 15))
        send(.deviceGetRegionInfo, bytes(size, UInt32(0), region, UInt32(0), UInt64(0), UInt64(0)))
    }

    private mutating func askFor(_ command: Command, _ index: UInt32) {
        send(command, command == .deviceReset ? [] : bytes(UInt32(16), UInt32(0), index, UInt32(0)))
    }

    /// Addresses that guest memory has, mostly.
    private mutating func address() -> UInt64 {
        let code = input.byte()
        return code < 0xF0 ? UInt64(code) << 12 : input.value64()
    }

    private mutating func sendMapping() {
        let code = input.byte()
        let size = UInt64(input.byte() & 63) << 12 | (code & 0xC0 == 0xC0 ? UInt64(input.byte()) : 0)
        let offset = UInt64(input.byte()) << 12
        let file = code & 8 != 0 ? [] : [Files.shared.choose(code >> 4, event)]
        send(.dmaMap, bytes(UInt32(32), UInt32(code & 7), offset, address(), size), file)
    }

    private mutating func sendUnmapping() {
        let code = input.byte()
        send(.dmaUnmap, bytes(UInt32(24), UInt32(code & 3), address(), UInt64(input.byte()) << 12))
    }

    private mutating func sendRegionAccess() {
        let code = input.byte()
        let region: UInt32 = [0, 0, 0, 7, 3, 7, 2, UInt32(code >> 4)][Int(code & 7)]
        let count = code & 0x80 != 0 ? Int(input.byte()) : 4
        let access = bytes(UInt64(input.value32()) & 0x1_FFFF, region, UInt32(count))
        if code & 8 != 0 { return send(.regionRead, access) }
        send(.regionWrite, access + input.take(count))
    }

    private mutating func sendMultipleWrites() {
        let count = Int(input.byte() & 15)
        var payload = bytes(UInt64(count))
        for _ in 0..<count {
            let width = UInt32(input.byte() & 15)
            payload += bytes(UInt64(input.value16()), UInt32(width & 8), width, UInt64(input.registerValue()))
        }
        send(.regionWriteMulti, payload)
    }

    private mutating func sendInterrupts() {
        let (code, kind) = (input.byte(), input.byte())
        let count = Int(code >> 4)
        let flags: UInt32 = [0x24, 0x24, 0x21, 0x22, 0x0A, 0x12, 0x11, 0x09][Int(kind & 7)]
        let fixed = bytes(UInt32(20), flags, UInt32(code & 3), UInt32(kind >> 4), UInt32(count))
        let data = flags & 2 != 0 ? input.take(count) : []
        let files = flags & 4 != 0 && kind & 8 == 0 ? [CInt](repeating: event, count: count) : []
        send(.deviceSetIRQs, fixed + data, files)
    }

    // MARK: A port that sends requests

    /// Rings and buffers in memory without a file, so that the port asks the client for them.
    private mutating func setUpRings() {
        let function = port.physicalFunction
        send(.dmaMap, bytes(UInt32(32), UInt32(3), UInt64(0), UInt64(0x10_0000), UInt64(0x10_0000)))
        turn()
        function.writeConfiguration(at: 4, width: 2, 0x0006)
        func set<R: Register>(_ register: R.Type, _ value: UInt32) {
            function.writeBAR(0, at: R.offset, width: 4, UInt64(value))
        }
        set(CTRL.self, 1 << 6)
        clock.now &+= 4_000_000_000
        port.run()
        set(TCTL.self, 1 << 1)
        set(RCTL.self, 1 << 1 | 1 << 3 | 1 << 15)
        set(TDBAL.self, 0x10_0000)
        set(TDLEN.self, 128)
        set(TXDCTL.self, 1 << 25)
        set(RDBAL.self, 0x10_1000)
        set(RDLEN.self, 128)
        set(RXDCTL.self, 1 << 25)
        set(RDT.self, 7)
        set(TDT.self, UInt32(input.byte() & 7))
    }
}
