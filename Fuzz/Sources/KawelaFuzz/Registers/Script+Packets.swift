// SPDX-License-Identifier: Apache-2.0

@testable import Intel82576

// Packets on transmit rings: of each descriptor format, whole and in pieces, with the offloads drivers ask for.

extension Script {
    mutating func post(_ operation: Operation) {
        let (guest, queue) = guestAndQueue()
        guard guest.isAttached, guest.rings.transmit[queue].count > 0 else { return }
        switch operation {
        case .postPacket: postPacket(guest, queue)
        case .postSegmented: postSegmented(guest, queue)
        case .postLegacy: postLegacy(guest, queue)
        default: postAnything(guest, queue)
        }
        if input.byte() & 3 != 3 {
            guest[raw: TDT.self, queue] = UInt32(guest.rings.transmit[queue].tail)
            bench.run()
        }
    }

    private func append(_ low: UInt64, _ high: UInt64, _ guest: Guest, _ queue: Int) {
        var ring = guest.rings.transmit[queue]
        guest.store(low, high, at: ring.base + 16 * ring.tail)
        ring.tail = (ring.tail + 1) % ring.count
        guest.rings.transmit[queue] = ring
    }

    /// Puts a frame's bytes into buffers and returns where they are: headers, then payload of the guest's own tag.
    private mutating func pieces(_ recipe: FrameRecipe, _ guest: Guest) -> [(address: UInt64, count: Int)] {
        let payload = [UInt8](repeating: Tag(.payload, guest.number).byte, count: recipe.payloadLength)
        let content = recipe.header + payload
        let start = guest.rings.takeBuffer(content.count)
        guest.isInUse = true
        guest.memory.write(content, at: start)
        let code = input.byte()
        var (left, place) = (content.count, start)
        var pieces: [(UInt64, Int)] = []
        for index in 0..<Int(code & 7) where left > 1 {
            let count = index == 0 && code & 8 != 0 ? min(recipe.headerLength, left) : min(Int(input.byte()), left)
            pieces.append((address(place), count))
            (left, place) = (left - count, place + count)
        }
        pieces.append((address(place), left))
        return pieces
    }

    /// The bits of an advanced data descriptor: DTYP, DEXT, IFCS.
    private static let data: UInt64 = 0x3 << 20 | 1 << 29 | 1 << 25

    private mutating func postPacket(_ guest: Guest, _ queue: Int) {
        let recipe = FrameRecipe(&input, longest: 9500)
        let (options, command) = (input.byte(), input.byte())
        if options & 0x80 != 0 { append(context: recipe, segmentSize: 0, guest, queue) }
        // VLE and the stamp, then IXSM and TXSM, then the context's slot.
        let bits: UInt64 =
            (options & 0x40 != 0 ? 1 << 30 : 0) | (options & 0x20 != 0 ? 1 << 19 : 0) | UInt64(options & 3) << 40
            | UInt64(options >> 2 & 1) << 36
        append(
            pieces(recipe, guest), bits, payload: recipe.headerLength + recipe.payloadLength, command, (guest, queue))
    }

    private mutating func postSegmented(_ guest: Guest, _ queue: Int) {
        let recipe = FrameRecipe(&input, longest: 60_000)
        let (options, command) = (input.byte(), input.byte())
        var size = Int(input.value16() & 0x3FFF)
        // Some thousand frames of one packet show all that more would.
        if options & 0x10 == 0 { size = max(size, recipe.payloadLength / 2048 + 1) }
        append(context: recipe, segmentSize: size, guest, queue)
        let bits: UInt64 = 1 << 31 | (options & 0x40 != 0 ? 1 << 30 : 0) | UInt64(~options & 3) << 40
        append(pieces(recipe, guest), bits, payload: recipe.payloadLength, command, (guest, queue))
    }

    private mutating func append(context recipe: FrameRecipe, segmentSize: Int, _ guest: Guest, _ queue: Int) {
        let code = input.byte()
        let type: UInt64 = recipe.transport == .tcp ? 1 : recipe.transport == .sctp ? 2 : 0
        let low = UInt64(recipe.ipLength) | UInt64(recipe.macLength) << 9 | UInt64(code & 7) << 16
        let high: UInt64 =
            (recipe.isIPv4 ? 1 << 10 : 0) | type << 11 | 0x2 << 20 | 1 << 29 | UInt64(code >> 7) << 36
            | UInt64(recipe.transportLength) << 40 | UInt64(segmentSize) << 48
        append(low, code & 0x78 == 0x78 ? high ^ 1 << UInt64(input.byte() % 63) : high, guest, queue)
    }

    /// Data descriptors, EOP in the last, RS as `command` says; now and then PAYLEN is another.
    private mutating func append(
        _ pieces: [(address: UInt64, count: Int)], _ bits: UInt64, payload: Int, _ command: UInt8,
        _ place: (guest: Guest, queue: Int)
    ) {
        let length = command & 0xF0 == 0xF0 ? Int(input.value16()) : payload
        for (index, piece) in pieces.enumerated() {
            let isLast = index == pieces.count - 1
            let end: UInt64 = isLast && command & 2 == 0 ? 1 << 24 : 0
            let report: UInt64 = isLast && command & 1 == 0 ? 1 << 27 : 0
            let high = UInt64(piece.count & 0xFFFF) | Self.data | bits | end | report | UInt64(length) << 46
            append(piece.address, high, place.guest, place.queue)
        }
    }

    private mutating func postLegacy(_ guest: Guest, _ queue: Int) {
        let recipe = FrameRecipe(&input, longest: 9500)
        let (options, start) = (input.byte(), input.byte())
        let all = pieces(recipe, guest)
        for (index, piece) in all.enumerated() {
            let end: UInt64 = index == all.count - 1 ? 1 << 24 | 1 << 27 : 0
            let insertion: UInt64 =
                options & 1 != 0 ? 1 << 26 | UInt64(start) << 40 | UInt64(options >> 1) << 16 : 0
            let tag: UInt64 = options & 0x40 != 0 ? 1 << 30 | UInt64(start & 7) << 48 : 0
            append(piece.address, UInt64(piece.count & 0xFFFF) | 1 << 25 | end | insertion | tag, guest, queue)
        }
    }

    /// A descriptor of any bits.
    private mutating func postAnything(_ guest: Guest, _ queue: Int) {
        let place = address(guest.rings.takeBuffer(2048))
        append(place, input.value64() & 0x7FFF_FFFF_FFFF_FFFF, guest, queue)
    }
}
