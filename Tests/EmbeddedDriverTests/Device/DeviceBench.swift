// SPDX-License-Identifier: Apache-2.0

import EmbeddedDriver
import Intel82576
import KawelaTestSupport

/// The embedded driver on a port, and VFs with a driver each that does what igbvf does.
final class DeviceBench {
    let port: TestDriver
    /// Watches what the drivers do.
    let lint: Lint
    private(set) var driver: EmbeddedDriver!
    private(set) var events: [DriverEvent] = []

    init(vfs: Int = 2, _ edit: (inout [VFSettings]) -> Void = { _ in }) throws {
        port = TestDriver(maps: false, virtualFunctions: vfs)
        lint = Lint(watching: port.port)
        var settings = (0..<vfs).map { VFSettings(address: address(UInt64($0 + 1))) }
        edit(&settings)
        driver = try EmbeddedDriver(
            port.function, settings: settings, clock: { [clock = port.clock] in clock.now },
            report: { [unowned self] in events.append($0) })
        run(milliseconds: 5000)
    }

    /// Lets time pass, and driver and port do their work.
    func run(milliseconds: Double = 0) {
        port.advance(milliseconds: milliseconds)
        repeat {
            driver.service()
            port.port.run()
        } while driver.hasWork || port.port.hasWork
    }

    func apply(_ vf: Int, _ edit: (inout VFSettings) -> Void, to settings: [VFSettings]) {
        var settings = settings
        edit(&settings[vf])
        driver.apply(settings)
        run()
    }

    func setUplink(up: Bool) {
        port.uplink.isLinkUp = up
        port.port.uplinkLinkChanged()
        run(milliseconds: 5000)
    }

    func arrive(_ frame: [UInt8]) {
        port.uplink.incoming.append((frame, FrameBatch.Offload()))
        port.port.receiveFromUplink()
        run()
    }

    /// Frames on the wire since the last call.
    func takeSent() -> [[UInt8]] {
        defer { port.uplink.sent = [] }
        return port.uplink.sent.map(\.bytes)
    }
}

/// A guest's driver of one VF.
final class VFDriver {
    private let bench: DeviceBench
    let vf: TestVirtualFunction
    private static let ringSize = 8
    private let transmitRing: UInt64
    private let receiveRing: UInt64
    private var buffers: [UInt64] = []
    private var tail = 0
    private var head = 0

    init(_ index: Int, _ bench: DeviceBench) {
        self.bench = bench
        vf = bench.port.makeVirtualFunction(index)
        transmitRing = vf.memory.allocate(16 * Self.ringSize)
        receiveRing = vf.memory.allocate(16 * Self.ringSize)
        vf.start()
    }

    // MARK: Mailbox

    /// Sends a request; the answer's first `count` words, or `nil` when none came.
    @discardableResult
    func ask(_ words: UInt32..., count: Int = 1) -> [UInt32]? {
        vf[raw: VFMAILBOX.self] = 4
        guard vf[raw: VFMAILBOX.self] & 4 != 0 else { return nil }
        for (index, word) in words.enumerated() { vf[raw: VMBMEM.self, index] = word }
        vf[raw: VFMAILBOX.self] = 1
        bench.run()
        let status = vf[raw: VFMAILBOX.self]
        guard status & 0x30 == 0x30 else { return nil }
        return read(count)
    }

    private func read(_ count: Int) -> [UInt32] {
        vf[raw: VFMAILBOX.self] = 4
        let words = (0..<count).map { vf[raw: VMBMEM.self, $0] }
        vf[raw: VFMAILBOX.self] = 2
        bench.run()
        return words
    }

    /// A message the PF sent of its own accord.
    func notice() -> UInt32? { vf[raw: VFMAILBOX.self] & 0x10 != 0 ? read(1)[0] : nil }

    /// Resets the VF and introduces itself; the address it got, or `nil` when that failed.
    func reset() -> UInt64? {
        vf[0] = 1 << 26
        bench.run()
        _ = vf[raw: VFMAILBOX.self]
        guard vf[raw: VFMAILBOX.self] & 0xC0 == 0, let answer = ask(0x01, count: 3), answer[0] == 0x8000_0001 else {
            return nil
        }
        let low = UInt64(answer[1]) | UInt64(answer[2] & 0xFFFF) << 32
        return low.byteSwapped >> 16
    }

    // MARK: Traffic

    /// Resets, and opens a queue each way.
    func open() -> VFDriver {
        _ = reset()
        vf.enableMSIX()
        buffers = (0..<Self.ringSize).map { _ in vf.memory.allocate(2048, alignment: 2048) }
        for (index, buffer) in buffers.enumerated() { vf.memory.store(buffer, at: receiveRing + UInt64(16 * index)) }
        for (block, ring) in [(0x2800, receiveRing), (0x3800, transmitRing)] {
            vf[block] = UInt32(ring)
            vf[block + 8] = UInt32(16 * Self.ringSize)
        }
        vf[raw: SRRCTL.self] = 2 | 1 << 25
        vf[raw: RXDCTL.self] = 1 << 25
        vf[raw: TXDCTL.self] = 1 << 25
        vf[raw: RDT.self] = UInt32(Self.ringSize - 1)
        return self
    }

    func send(_ frame: [UInt8]) {
        let buffer = vf.memory.allocate(frame.count, alignment: 64)
        vf.memory.write(frame, at: buffer)
        let length = UInt64(frame.count)
        let command: UInt64 = 0x3 << 20 | 1 << 29 | 1 << 25 | 1 << 24 | 1 << 27
        let place = transmitRing + UInt64(16 * tail)
        vf.memory.store(buffer, at: place)
        vf.memory.store(length | command | length << 46, at: place + 8)
        tail = (tail + 1) % Self.ringSize
        vf[raw: TDT.self] = UInt32(tail)
        bench.run()
    }

    func receive() -> [UInt8]? {
        let place = receiveRing + UInt64(16 * head)
        let status = vf.memory.load(at: place + 8)
        guard status & 1 != 0 else { return nil }
        let frame = vf.memory.read(Int(status >> 32 & 0xFFFF), at: buffers[head])
        vf.memory.store(buffers[head], at: place)
        vf.memory.store(0, at: place + 8)
        vf[raw: RDT.self] = UInt32(head)
        head = (head + 1) % Self.ringSize
        return frame
    }
}

/// A frame of the station `source` (its address' last byte).
func frame(to destination: [UInt8], from source: UInt8, tag: UInt16? = nil) -> [UInt8] {
    let vlan: [UInt8] = tag.map { [0x81, 0x00, UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? []
    return destination + station(source) + vlan + [0x88, 0xB5] + (0..<60).map { UInt8($0) }
}

func station(_ last: UInt8) -> [UInt8] { [0x52, 0x54, 0, 0, 0, last] }

let broadcast = [UInt8](repeating: 0xFF, count: 6)
