// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostSystem
import Intel82576
import SystemPackage

/// A packet socket on an interface, with a ``VirtioNetHeader`` before each frame both ways.
struct PacketSocket {
    private let socket: Descriptor

    /// - Throws: `Errno.noSuchAddressOrDevice` or `operationNotSupportedByDevice` without the interface,
    ///   `invalidArgument` when it is no Ethernet.
    init(on name: String) throws(Errno) {
        // SAFETY: the string is a valid C string during the call.
        socket = try unsafe Descriptor(result: kw_packet_open(name))
    }

    var descriptor: CInt { socket.number }

    /// Moves it to the interface `name`, away from that with the index `former`. Takes no capability, unlike a new socket.
    func move(to name: String, from former: CInt) throws(Errno) {
        // SAFETY: the string is a valid C string during the call.
        if unsafe kw_packet_attach(socket.number, name, former) < 0 { throw .last }
    }

    func close() { socket.close() }
}

/// Memory for the frames of one `recvmmsg` from a packet socket, and what came with them.
@safe struct PacketSlots: ~Copyable {
    static let count = 64
    /// The VLAN tag that the kernel took out of a frame: EtherType and tag control.
    static let tagLength = 4
    private static let addressesLength = 12
    /// No power of two, so that the starts of frames do not compete for the same cache lines.
    private static let stride = 65_664
    /// A slot begins with the header; the frame is behind it, and behind room for a tag.
    private static let frameStart = 16 + tagLength

    private let memory: UnsafeMutableRawPointer
    private var received = InlineArray<64, kw_packet>(repeating: kw_packet())
    /// The slot of the frame that ``header``, ``frameByte(_:)`` and ``appendFrame(to:offload:)`` are about.
    private var slot = 0
    private var start = frameStart
    private(set) var byteCount = 0

    init() { unsafe memory = .allocate(byteCount: Self.count * Self.stride, alignment: 64) }

    deinit { unsafe memory.deallocate() }

    /// Receives what is there. `moved` is the number of frames.
    mutating func receive(from socket: PacketSocket) -> Transfer {
        let (memory, descriptor) = (unsafe memory, socket.descriptor)
        var received = received.mutableSpan
        // SAFETY: `count` slots of `stride` bytes, each with room for the longest frame behind its start, and as many
        // entries.
        return unsafe received.withUnsafeMutableBufferPointer { received in
            Transfer.result {
                unsafe Int(
                    kw_packet_receive(
                        descriptor, memory, Self.stride, Self.frameStart, maximumFrameLength + 1, received.baseAddress,
                        CInt(Self.count)))
            }
        }
    }

    /// Turns to a received frame, and puts a tag back that the kernel took out.
    ///
    /// ``byteCount`` is its length: more than a frame's when it was cut.
    mutating func open(_ slot: Int) {
        let frame = received[slot]
        (self.slot, start, byteCount) = (slot, Self.frameStart, Int(frame.length))
        guard frame.tag != 0, byteCount >= Self.addressesLength, byteCount <= maximumFrameLength else { return }
        start -= Self.tagLength
        byteCount += Self.tagLength
        // SAFETY: `start` leaves room for the tag; the addresses are in the frame, as was just checked.
        unsafe _ = memmove(
            memory + slot * Self.stride + start, memory + slot * Self.stride + Self.frameStart, Self.addressesLength)
        unsafe memory.storeBytes(
            of: frame.tag.bigEndian, toByteOffset: slot * Self.stride + start + Self.addressesLength, as: UInt32.self)
    }

    /// The header of the frame, as if the tag had always been in it.
    var header: VirtioNetHeader {
        // SAFETY: a slot begins with a header; its fields take any value.
        var header = unsafe memory.loadUnaligned(fromByteOffset: slot * Self.stride, as: VirtioNetHeader.self)
        if start < Self.frameStart, header.flags & VirtioNetHeader.needsChecksum != 0 {
            header.checksumStart &+= UInt16(Self.tagLength)
        }
        if start < Self.frameStart, header.segmentation != 0 { header.headerLength &+= UInt16(Self.tagLength) }
        return header
    }

    /// A byte of the frame; `nil` past its end.
    func frameByte(_ offset: Int) -> UInt8? {
        guard offset >= 0, offset < byteCount, byteCount <= maximumFrameLength + Self.tagLength else { return nil }
        // SAFETY: just checked.
        return unsafe memory.load(fromByteOffset: slot * Self.stride + start + offset, as: UInt8.self)
    }

    /// Appends the frame to `batch` by reference. Valid until the next `receive`.
    mutating func appendFrame(to batch: inout FrameBatch, offload: FrameBatch.Offload) -> Bool {
        precondition(byteCount <= maximumFrameLength)
        // SAFETY: the slot holds that many bytes and outlives the batch's use.
        return unsafe batch.append(
            memory + slot * Self.stride + start, count: byteCount, offload: offload)
    }
}
