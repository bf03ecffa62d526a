// SPDX-License-Identifier: Apache-2.0

@testable import EmbeddedDriver
@testable import Intel82576

/// What VFs ask of the driver in the daemon through their mailboxes, beside traffic, resets, other settings, and a link and
/// clients that come and go.
///
/// The first bytes say how many VFs there are, and two for each what the host decided about it. Then an operation a byte.
func runMailbox(_ input: Input) {
    var script = MailboxScript(input)
    script.run()
}

private struct MailboxScript {
    private var script: Script
    private var settings: [VFSettings]

    private var bench: Bench { script.bench }
    private var driver: EmbeddedDriver { bench.driver! }

    init(_ input: Input) {
        var input = input
        let shape = input.byte()
        settings = (0...Int(shape & 3) % 3).map { Self.settings(of: $0, &input) }
        let bench = Bench(virtualFunctions: settings.count, settings: settings)
        script = Script(input, bench)
    }

    private static func settings(of vf: Int, _ input: inout Input) -> VFSettings {
        let (code, more) = (input.byte(), input.byte())
        var settings = VFSettings(address: UnicastAddress(Bench.address(of: vf + 1 + Int(more >> 6) * 8).value)!)
        (settings.isTrusted, settings.isSpoofChecked) = (code & 1 != 0, code & 2 == 0)
        if code & 4 != 0 { settings.portVLAN = .init(identifier: Int(more & 3) + 1, priority: Int(more >> 2 & 7)) }
        if code & 8 != 0 { settings.trunk = Set((0..<40).map { $0 + UInt16(more & 7) }) }
        settings.linkState = [.auto, .on, .off, .auto][Int(code >> 4 & 3)]
        if code & 0x40 != 0 { settings.rate = Int(more) * 4 + 1 }
        return settings
    }

    mutating func run() {
        for _ in 0..<Script.longest where !script.input.isAtEnd && !bench.isExhausted { step() }
        bench.settle()
        checkTables()
        // The last first, while the others hold what they asked for.
        for vf in settings.indices.reversed() { checkServes(vf) }
        checkTables()
        bench.checkEvents()
        bench.finish()
    }

    /// The operation in the low bits, the VF in the highest.
    private mutating func step() {
        let code = script.input.byte()
        let vf = Int(code >> 6) % settings.count
        let function = UInt8(vf + 1)
        switch code & 15 {
        case 0: bench.run(after: UInt64(1) << UInt64(script.input.byte() % 34))
        case 1...4: ask(bench.guests[vf + 1], isRead: code & 0x20 == 0)
        case 5: perform(.mail, function, 8)
        case 6:
            settings[vf] = Self.settings(of: vf, &script.input)
            driver.apply(settings)
        case 7: perform(.changeWire, nil, 2)
        case 8: perform(.reset, function, 2)
        case 9: perform(.plug, function, 0)
        case 10: perform(.start, function | 4, 0)
        case 11: perform(.setUpTransmit, function | code & 0x20 >> 1, 4)
        case 12: perform(.setUpReceive, function | code & 0x20 >> 1, 6)
        case 13: perform(.postPacket, function, 16)
        case 14: perform(.arrive, nil, 20)
        default: perform(.writeRegister, function, 7)
        }
    }

    /// An operation with so many operands of the input's, for a function.
    private mutating func perform(_ operation: Operation, _ function: UInt8?, _ count: Int) {
        script.perform(operation, (function.map { [$0] } ?? []) + script.input.take(count))
    }

    // MARK: Requests

    /// A request as a VF's driver sends it; it may not take the answer.
    private mutating func ask(_ guest: Guest, isRead: Bool) {
        guest[raw: VFMAILBOX.self] = 4
        for (index, word) in request(of: guest.number - 1).enumerated() { guest.writeMessage(index, word) }
        guest[raw: VFMAILBOX.self] = 1
        bench.run(after: 1000)
        _ = guest[raw: VFMAILBOX.self]
        if isRead { guest[raw: VFMAILBOX.self] = 2 }
    }

    private mutating func request(of vf: Int) -> [UInt32] {
        let (code, information) = (script.input.byte(), script.input.byte())
        let first = UInt32(code & 7) | UInt32(information) << 16 | UInt32(code >> 5) << 29
        switch code & 7 {
        case 2:
            let address = address(information)
            return [first & ~0xFC_0000, UInt32(truncatingIfNeeded: address), UInt32(address >> 32)]
        case 3: return [first & ~0xC0_0000] + (0..<4).map { _ in script.input.value32() }
        case 4: return [first & ~0xFE_0000, UInt32(script.input.byte()) | (code & 8 != 0 ? 0xF00 : 0)]
        case 5: return [first, UInt32(script.input.value16())]
        case 6: return [first & ~0xFC_0000]
        default: return [first]
        }
    }

    /// A station's, another's, a group's, or none, with the first byte on the wire as the lowest.
    private mutating func address(_ code: UInt8) -> UInt64 {
        let last = UInt64(script.input.byte())
        switch code >> 2 & 7 {
        case 0: return 0
        case 1: return Bench.address(of: Int(last & 3)).value.byteSwapped >> 16
        case 2: return 1 | last << 40
        default: return 2 | last << 40
        }
    }

    // MARK: What must be true

    /// Filters let a VF have what the host grants it, and nothing else.
    private func checkTables() {
        let registers = bench.port.registers
        for index in 0..<RAL.count where registers[RAH.self, index].isValid { checkAddress(index) }
        for index in 0..<VLVF.count where registers[VLVF.self, index].isEnabled {
            checkVLAN(registers[VLVF.self, index])
        }
        for (vf, settings) in settings.enumerated() where !settings.isTrusted {
            require(!registers[VMOLR.self, vf].acceptsUnicastHash, "VF \(vf), which is not trusted, takes all frames")
        }
    }

    private func checkAddress(_ index: Int) {
        let registers = bench.port.registers
        let (low, high) = (registers[RAL.self, index].raw, registers[RAH.self, index])
        let vfs = settings.indices.filter { high.pools >> PoolSet($0) & 1 == 1 }
        require(vfs.count == 1 && high.pools == 1 << PoolSet(vfs[0]), "address \(index) is of pools \(high.pools)")
        let (vf, address) = (vfs[0], UnicastAddress(low: low, high: high.raw))
        require(
            settings[vf].isTrusted || address == settings[vf].address,
            "VF \(vf), which is not trusted, has the address \(address.map { "\($0)" } ?? "of a group")")
    }

    private func checkVLAN(_ entry: VLVF) {
        let identifier = UInt16(entry.identifier)
        for vf in 0..<8 where entry.pools >> PoolSet(vf) & 1 == 1 {
            require(settings.indices.contains(vf), "VLAN \(identifier) has VF \(vf), which is not there")
            let isGranted =
                settings[vf].portVLAN.map { $0.identifier == identifier }
                ?? (identifier == 0 || settings[vf].mayJoin(identifier))
            require(isGranted, "VF \(vf) is in VLAN \(identifier), which it was not granted")
        }
    }

    /// A driver that starts on a VF now gets its address, and a VLAN that it may have.
    private func checkServes(_ vf: Int) {
        let guest = bench.guests[vf + 1]
        guest.attach()
        guest[raw: PVTCTRL.self] = 1 << 26
        bench.run(after: 1_000_000)
        _ = guest[raw: VFMAILBOX.self]
        let answer = ask(guest, [1])
        require(answer?.first == 0x8000_0001, "VF \(vf) introduces itself and is answered \(answer ?? [])")
        guard let answer, !settings[vf].isTrusted else { return }
        let address = UnicastAddress(low: answer[1], high: answer[2])
        require(address == settings[vf].address, "VF \(vf) is given another address")
        guard settings[vf].portVLAN == nil, let identifier = settings[vf].trunk.max() else { return }
        let joined = ask(guest, [1 << 16 | 4, UInt32(identifier)])?.first
        require(joined.map { $0 >> 30 } == 2, "VF \(vf) may not join VLAN \(identifier), for which there is room")
    }

    private func ask(_ guest: Guest, _ words: [UInt32]) -> [UInt32]? {
        guest[raw: VFMAILBOX.self] = 4
        for (index, word) in words.enumerated() { guest.writeMessage(index, word) }
        guest[raw: VFMAILBOX.self] = 1
        for _ in 0..<3 { bench.run(after: 1_000_000) }
        guard guest[raw: VFMAILBOX.self] & 0x30 == 0x30 else { return nil }
        guest[raw: VFMAILBOX.self] = 4
        defer { guest[raw: VFMAILBOX.self] = 2 }
        return (0..<3).map { guest.readMessage($0) }
    }
}

extension Guest {
    // Words of a VF's mailbox.

    fileprivate func readMessage(_ index: Int) -> UInt32 { read(VMBMEM.window!.offset(of: index)) }
    fileprivate func writeMessage(_ index: Int, _ word: UInt32) { write(VMBMEM.window!.offset(of: index), word) }
}
