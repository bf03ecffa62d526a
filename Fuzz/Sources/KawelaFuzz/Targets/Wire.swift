// SPDX-License-Identifier: Apache-2.0

@testable import Backends
@testable import Intel82576

/// Frames from the wire, with the header that a TAP or packet socket has before them, into a port that a driver has set up.
///
/// An input begins with what the port is like: VFs, pools, spreading, filters, format of the rings. Then frames and time.
func runWire(_ input: Input) {
    var script = Script(input)
    script.setUpForWire()
    while !script.input.isAtEnd, !script.bench.isExhausted { script.takeFromWire() }
    script.bench.finish()
}

extension Script {
    /// Link and receiver on, rings of the PF and of each VF, and up to seven operations of ``setUp(_:)``.
    fileprivate mutating func setUpForWire() {
        let options = input.byte()
        perform(.start, [4, 7])
        if bench.guests.count > 1 { perform(.enableFunctions, [UInt8(bench.guests.count - 1)]) }
        if options & 1 != 0 { perform(.setUpPools, input.take(6)) }
        for _ in 0..<Int(options >> 1 & 7) {
            perform(Self.settings[Int(input.byte()) % Self.settings.count], input.take(8))
        }
        let (format, layout) = (input.byte(), input.byte())
        for guest in bench.guests {
            for queue in 0..<(guest.number == 0 ? Int(options >> 4) + 1 : 2) {
                perform(.setUpReceive, [UInt8(guest.number | queue << 4), 4, format, layout & 0x0F, 0])
            }
        }
    }

    private static let settings: [Operation] = [
        .setUpPool, .setUpAddress, .setUpVLAN, .setUpSpreading, .setUpFilters, .setUpInterrupts, .setUpTime,
        .setUpLimits,
    ]

    fileprivate mutating func takeFromWire() {
        let code = input.byte()
        for _ in 0...Int(code & 7) {
            let recipe = FrameRecipe(&input, longest: code & 0x80 != 0 ? 60_000 : 1500)
            let bytes = recipe.bytes
            if let offload = virtioOffload(of: recipe, bytes) { bench.uplink.incoming.append((bytes, offload)) }
        }
        while !bench.uplink.incoming.isEmpty, port.wantsFrames, !bench.isExhausted { bench.receive() }
        bench.run(after: UInt64(code >> 3 & 7) * 1_000_000)
        if code & 0x40 != 0 { perform(.giveBuffers, input.take(2)) }
        if !port.wantsFrames { bench.uplink.incoming.removeAll() }
    }

    /// What a `struct virtio_net_hdr` says of a frame: one that fits, or any.
    private mutating func virtioOffload(of recipe: FrameRecipe, _ bytes: [UInt8]) -> FrameBatch.Offload? {
        var header = VirtioNetHeader()
        let code = input.byte()
        header.flags = code & 3
        header.segmentation = [0, 1, 4, 5, 0x81, 3, 2, 0][Int(code >> 2 & 7)]
        header.checksumStart = UInt16(recipe.macLength + recipe.ipLength)
        header.checksumOffset = recipe.transport == .udp ? 6 : 16
        header.headerLength = UInt16(recipe.headerLength)
        header.segmentSize =
            header.segmentation == 0 ? 0 : max(input.value16() & 0x1FFF, UInt16(recipe.payloadLength / 2048 + 1))
        if code & 0xC0 == 0xC0 {
            (header.checksumStart, header.checksumOffset) = (UInt16(input.byte()), UInt16(input.byte()))
            header.headerLength = input.value16()
        }
        return header.offload(ofFrame: bytes.count) { bytes.indices.contains($0) ? bytes[$0] : nil }
    }
}
