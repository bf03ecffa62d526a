// SPDX-License-Identifier: Apache-2.0

// How receive queues use their buffers, and the buffers themselves.

extension MisuseRule {
    static let receive: Group = [
        .receiveFormatReserved: Definition(
            "sets SRRCTL.DESCTYPE to a reserved code",
            right: "use 0 to 5: legacy, one buffer, split, replicate, replicate large, split always", section: "8.10"),
        .receiveFormatWhileEnabled: Definition(
            "changes SRRCTL of a queue that is being served",
            right: "set SRRCTL before RXDCTL.ENABLE", section: "8.10",
            passes: "Drop_En, which Linux igb changes while the queue runs."),
        .headerBufferSize: Definition(
            "uses header buffers of no size, or larger than 960 bytes",
            right: "set SRRCTL.BSIZEHEADER to 1 to 15, in units of 64 bytes", section: "8.10"),
        .headerBufferMissing: Definition(
            "hands over a receive descriptor without the header buffer that SRRCTL.DESCTYPE says it has",
            right: "put the address of a buffer in the second quadword", section: "7.1.5"),
        .receiveBufferUnwritable: Definition(
            "hands over a receive buffer that the function cannot write to, or not all of the size that SRRCTL says",
            right: "map the buffer for writing with its whole size, and give its bus address", section: "7.1.5"),
        .receiveLimitTooLong: Definition(
            "accepts frames of more than 9728 bytes",
            right: "set RLPML and VMOLR.RLPML to 9728 at most", section: "8.10",
            passes: "0x3F00, which older Linux igb means by no limit."),
        .queueModeReserved: Definition(
            "sets MRQC to a reserved mode",
            right: "use 0 (one queue), 2 (RSS), 3 (pools) or 5 (pools with RSS)", section: "8.10"),
    ]
}

/// A receive descriptor as software writes it.
struct ReceivePosting: DescriptorFormat {
    var packetBuffer: UInt64
    /// In the formats with header buffers.
    var headerBuffer: UInt64

    init(low: UInt64, high: UInt64) { (packetBuffer, headerBuffer) = (low, high) }
}

extension Lint {
    private static let longestFrame = 9728
    private static let unlimited = 0x3F00

    func checkReceive(_ use: RegisterUse) {
        switch use.name {
        case .SRRCTL: checkFormat(use, SRRCTL(raw: use.value))
        case .MRQC where MRQC(raw: use.value).mode == nil:
            report(.queueModeReserved, use, field: "mode", "set MRQC to mode \(use.value & 7)")
        case .RLPML: checkLimit(use, RLPML(raw: use.value).length)
        case .VMOLR where VMOLR(raw: use.value).acceptsLongPackets:
            checkLimit(use, VMOLR(raw: use.value).maximumLength)
        default: break
        }
    }

    private func checkLimit(_ use: RegisterUse, _ length: Int) {
        guard length > Self.longestFrame, length != Self.unlimited else { return }
        report(.receiveLimitTooLong, use, field: "RLPML", "set \(use.label) to a limit of \(length) bytes")
    }

    private func checkFormat(_ use: RegisterUse, _ control: SRRCTL) {
        let code = control[25...27]
        if code > SRRCTL.Format.splitAlways.rawValue {
            report(.receiveFormatReserved, use, field: "DESCTYPE", "set \(use.label) to descriptor type \(code)")
        }
        if control.usesHeaderBuffer, !(1...15).contains(control[8...13]) {
            let bytes = control[8...13] * 64
            report(
                .headerBufferSize, use, field: "BSIZEHEADER", "set \(use.label) to header buffers of \(bytes) bytes")
        }
        let changes = use.value ^ registers[SRRCTL.self, use.element].raw
        guard state(of: use.element, transmits: false).isServed, changes & ~(1 << 31) != 0 else { return }
        report(
            .receiveFormatWhileEnabled, use,
            "set \(use.label) to \(Self.hex(use.value)) while the queue is served")
    }

    /// The descriptors that a write of RDT hands over: the first 64 of them, as far as they lie in memory that is mapped.
    func checkPostings(_ use: RegisterUse, _ state: QueueState, _ tail: Int) {
        guard use.name == .RDT, let ring = registers.receiveRing(use.element) else { return }
        let wanted = min(state.distance(from: state.tail, to: tail), postings.count)
        let memory = port.functions.owners.memory(of: use.element)
        let beforeEnd = min(wanted, ring.count - ring.tail)
        guard memory.copyDescriptors(at: ring.address(ring.tail), beforeEnd, to: postings, from: 0),
            memory.copyDescriptors(at: ring.base, wanted - beforeEnd, to: postings, from: beforeEnd)
        else { return }
        let control = registers[SRRCTL.self, use.element]
        for index in 0..<wanted { checkPosting(postings[index], control, memory, use) }
    }

    private func checkPosting(
        _ posting: ReceivePosting, _ control: SRRCTL, _ memory: AddressSpace, _ use: RegisterUse
    ) {
        let size = control.packetBufferSize == 0 ? registers[RCTL.self].bufferSize : control.packetBufferSize
        if !memory.isMapped(posting.packetBuffer, size, forWriting: true) {
            report(
                .receiveBufferUnwritable, use,
                "handed over a buffer of \(size) bytes at \(Self.hex(posting.packetBuffer)), which cannot be written")
        }
        guard control.usesHeaderBuffer else { return }
        guard posting.headerBuffer != 0 else {
            return report(.headerBufferMissing, use, "handed over a descriptor with header buffer address 0")
        }
        guard !memory.isMapped(posting.headerBuffer, control.headerBufferSize, forWriting: true) else { return }
        report(
            .receiveBufferUnwritable, use,
            "handed over a header buffer at \(Self.hex(posting.headerBuffer)), which cannot be written")
    }
}
