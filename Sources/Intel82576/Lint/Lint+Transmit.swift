// SPDX-License-Identifier: Apache-2.0

// Transmit descriptors, in the order in which the chip fetches them.

extension Lint {
    /// A packet whose end has been posted.
    private struct Packet {
        var first: TransmitDescriptor.Control
        var last: TransmitDescriptor.Control
        /// Bytes in its buffers.
        var byteCount: Int
        /// The slot that its first descriptor names; `nil` for the legacy format.
        var context: TransmitContext?
    }

    /// What is known on the way through the descriptors of a run.
    private struct Walk {
        var queue: Int
        /// The two contexts as they are at this point.
        var contexts: [2 of TransmitContext]
        var packet: Packet?
        var isSkipping: Bool
        var hasEnd = false
        var hasStatus = false
        let memory: AddressSpace
    }

    func observeDescriptors(of transmit: borrowing Transmit) {
        let queue = transmit.run.queue
        var walk = Walk(
            queue: queue, contexts: [transmit.contexts[2 * queue], transmit.contexts[2 * queue + 1]],
            isSkipping: transmit.skipping &>> UInt32(queue) & 1 != 0, memory: port.functions.owners.memory(of: queue))
        for index in 0..<transmit.run.fetched { check(transmit.descriptors[index], &walk) }
        let isWholeRing = transmit.run.fetched == transmit.run.ring.count - 1
        checkEnds(walk, isWholeRing: isWholeRing, isLong: transmit.run.fetched == Transmit.descriptorsPerRun)
    }

    private func check(_ descriptor: TransmitDescriptor, _ walk: inout Walk) {
        let control = descriptor.control
        switch control.kind {
        case .context:
            checkSlot(control, walk)
            walk.contexts[control.contextIndex] = TransmitContext(descriptor)
        case .data, .legacy: checkData(descriptor, &walk)
        case .reserved:
            let type = control[20...23]
            report(
                .descriptorTypeReserved, queue: walk.queue, field: "DTYP", value: control.raw,
                "posted a descriptor of type \(type) to transmit queue \(walk.queue)")
        }
    }

    private func checkSlot(_ control: TransmitDescriptor.Control, _ walk: Walk) {
        guard control[37...38] != 0 else { return }
        let slot = control[36...38]
        report(
            .contextSlot, queue: walk.queue, field: "IDX", value: control.raw,
            "named context \(slot) of transmit queue \(walk.queue), which has two")
    }

    private func checkData(_ descriptor: TransmitDescriptor, _ walk: inout Walk) {
        let control = descriptor.control
        (walk.hasEnd, walk.hasStatus) = (
            walk.hasEnd || control.isEndOfPacket, walk.hasStatus || control.reportsStatus
        )
        guard !walk.isSkipping else {
            walk.isSkipping = !control.isEndOfPacket
            return
        }
        checkBuffer(descriptor, walk)
        var packet = walk.packet ?? begin(control, walk)
        if control.isAdvanced != packet.first.isAdvanced {
            report(
                .mixedDescriptorFormats, queue: walk.queue, field: "DEXT", value: control.raw,
                "posted a packet of legacy and advanced descriptors to transmit queue \(walk.queue)")
        }
        packet.byteCount += control.length
        packet.last = control
        walk.packet = control.isEndOfPacket ? nil : packet
        if control.isEndOfPacket { check(packet, walk) }
    }

    private func begin(_ control: TransmitDescriptor.Control, _ walk: Walk) -> Packet {
        if control.isAdvanced { checkSlot(control, walk) }
        return Packet(
            first: control, last: control, byteCount: 0,
            context: control.isAdvanced ? walk.contexts[control.contextIndex] : nil)
    }

    private func checkBuffer(_ descriptor: TransmitDescriptor, _ walk: Walk) {
        let length = descriptor.control.length
        guard !walk.memory.isMapped(descriptor.bufferAddress, length, forWriting: false) else { return }
        report(
            .transmitBufferUnreadable, queue: walk.queue, value: descriptor.control.raw,
            "posted a buffer of \(length) bytes at \(Self.hex(descriptor.bufferAddress)), which cannot be read")
    }

    /// What only shows when all of a ring is posted, or more than the chip takes for a packet.
    private func checkEnds(_ walk: Walk, isWholeRing: Bool, isLong: Bool) {
        guard isWholeRing || isLong, !walk.isSkipping else { return }
        if !walk.hasEnd {
            report(
                .endOfPacketMissing, queue: walk.queue, field: "EOP", value: 0,
                "filled the ring of transmit queue \(walk.queue) without an end of packet")
        }
        guard isWholeRing, !walk.hasStatus, !registers[TDWBAL.self, walk.queue].isHeadWriteBack else { return }
        report(
            .statusNotReported, queue: walk.queue, field: "RS", value: 0,
            "filled the ring of transmit queue \(walk.queue) without asking for a status")
    }
}

// MARK: A packet

extension Lint {
    private func check(_ packet: Packet, _ walk: Walk) {
        guard let context = packet.context else { return checkLegacy(packet, walk) }
        let first = packet.first
        let needsHeaders = first.isSegmented || first.insertsIPChecksum || first.insertsL4Checksum
        if needsHeaders || first.insertsVLAN, !context.isPresent {
            let slot = first.contextIndex
            return tell(
                .contextMissing, packet, walk, nil, "posted a packet that needs context \(slot), which is not set")
        }
        checkLength(packet, walk)
        if needsHeaders { checkHeaders(packet, context, walk) }
        if first.isSegmented { checkSegmentation(packet, context, walk) }
        checkPayloadLength(packet, headerLength: first.isSegmented ? context.headerLength : 0, walk)
    }

    private func tell(
        _ rule: MisuseRule, _ packet: Packet, _ walk: Walk, _ field: String?, _ text: @autoclosure () -> String
    ) {
        report(
            rule, queue: walk.queue, field: field, value: packet.first.raw,
            "\(text()) (transmit queue \(walk.queue))")
    }

    private func checkLength(_ packet: Packet, _ walk: Walk) {
        let longest = packet.first.isAdvanced && packet.first.isSegmented ? .max : Transmit.maximumFrame
        guard packet.byteCount == 0 || packet.byteCount > longest else { return }
        tell(.frameLength, packet, walk, "DTALEN", "posted a packet of \(packet.byteCount) bytes")
    }

    private func checkHeaders(_ packet: Packet, _ context: TransmitContext, _ walk: Walk) {
        let shortestIP = packet.first.isSegmented && !context.isIPv4 ? 40 : 20
        if context.macLength < 14 || context.ipLength < shortestIP {
            let lengths = "MACLEN \(context.macLength) and IPLEN \(context.ipLength)"
            tell(.contextLengths, packet, walk, "MACLEN, IPLEN", "asked for offloads with \(lengths)")
        }
        if packet.first.insertsIPChecksum, !context.isIPv4 {
            tell(.ipChecksumOfIPv6, packet, walk, "POPTS.IXSM", "asked for the IP checksum of an IPv6 packet")
        }
        if context.l4 == nil, packet.first.isSegmented || packet.first.insertsL4Checksum {
            tell(.transportTypeReserved, packet, walk, "L4T", "asked for offloads with the reserved transport type")
        }
    }

    private func checkSegmentation(_ packet: Packet, _ context: TransmitContext, _ walk: Walk) {
        let (size, header) = (context.segmentSize, context.headerLength)
        if size == 0 { tell(.segmentSizeZero, packet, walk, "MSS", "asked for segments of 0 bytes") }
        if context.l4 == .sctp {
            tell(.transportTypeReserved, packet, walk, "L4T", "asked for the segmentation of an SCTP packet")
        }
        if header >= packet.byteCount {
            let lengths = "\(header) bytes of header in \(packet.byteCount)"
            tell(.segmentHeader, packet, walk, "MACLEN, IPLEN, L4LEN", "asked for segmentation with \(lengths)")
        }
        if header + size > Transmit.maximumFrame {
            tell(.segmentTooLong, packet, walk, "MSS", "asked for frames of \(header + size) bytes")
        }
    }

    private func checkPayloadLength(_ packet: Packet, headerLength: Int, _ walk: Walk) {
        let (said, posted) = (packet.first.payloadLength, packet.byteCount - headerLength)
        guard said != posted, posted >= 0 else { return }
        tell(.payloadLength, packet, walk, "PAYLEN", "said \(said) bytes of payload and posted \(posted)")
    }

    private func checkLegacy(_ packet: Packet, _ walk: Walk) {
        checkLength(packet, walk)
        let last = packet.last
        guard last.insertsLegacyChecksum else { return }
        let (start, place) = (last.legacyChecksumStart, last.legacyChecksumOffset)
        guard start >= packet.byteCount || place + 2 > packet.byteCount else { return }
        let places = "from \(start) at \(place) of a packet of \(packet.byteCount) bytes"
        tell(.checksumOutsideFrame, packet, walk, "CSS, CSO", "asked for a checksum \(places)")
    }
}
