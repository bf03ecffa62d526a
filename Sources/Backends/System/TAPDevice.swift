// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostSystem
import Intel82576
import SystemPackage

/// An open queue of a TAP interface.
struct TAPDevice {
    /// The interface was deleted (`EBADFD`).
    static let interfaceGone = Errno(rawValue: EBADFD)
    /// `TUN_F_USO4 | TUN_F_USO6`.
    private static let segmentsUDP: UInt32 = 0x60

    private let file: Descriptor
    /// Frames carry a header both ways.
    let hasHeader: Bool
    /// `TUN_F_` flags the kernel accepted.
    private let kernelOffloads: UInt32

    /// Attaches to an existing interface.
    /// - Parameter headerLength: of the header before each frame, if the kernel knows any: that of a ``VirtioNetHeader`` or of
    ///   a ``VirtioNetBufferHeader``.
    init(attachingTo name: String, headerLength: Int) throws(Errno) {
        var hasHeader = false
        var offloads: UInt32 = 0
        // SAFETY: the string is a valid C string during the call, both results outlive it.
        file = try unsafe Descriptor(result: kw_tap_open(name, CInt(headerLength), &hasHeader, &offloads))
        self.hasHeader = hasHeader
        kernelOffloads = offloads
    }

    var descriptor: CInt { file.number }

    func close() { file.close() }

    /// What a port may leave to the kernel. One that lets a TAP's user ask for UDP segmentation also takes it (Linux 6.2).
    var offloads: UplinkOffloads {
        guard hasHeader else { return [] }
        let tcp: UplinkOffloads = [.checksum, .segmentTCP4, .segmentTCP6]
        return kernelOffloads & Self.segmentsUDP == Self.segmentsUDP ? tcp.union(.segmentUDP) : tcp
    }

    /// Whether the interface was deleted. To find out takes a system call.
    var isGone: Bool { (try? readiness(of: descriptor))?.contains(.failed) ?? false }

    /// What the host sees as the interface's carrier. Kernels before Linux 4.20 show one at all times.
    func setCarrier(_ isUp: Bool) { _ = kw_tap_set_carrier(file.number, isUp) }
}

/// Memory for the frames of one receive, one behind the other: short ones share pages and cache lines.
@safe struct TAPArena: ~Copyable {
    private static let capacity = 1024 * 1024
    private static let alignment = 64
    /// A header and one byte more than the longest frame, by which a cut one is told.
    private static let roomForFrame = VirtioNetHeader.length + maximumFrameLength + 1

    private let memory: UnsafeMutableRawPointer
    private var tail = 0
    private var headerLength = 0
    private var frameLength = 0

    init() { unsafe memory = .allocate(byteCount: Self.capacity, alignment: Self.alignment) }

    deinit { unsafe memory.deallocate() }

    mutating func removeAll() { tail = 0 }

    var hasRoom: Bool { Self.capacity - tail >= Self.roomForFrame + Self.alignment }

    /// Reads one frame behind those that a batch refers to. `moved` counts its bytes and the header's.
    mutating func read(from device: TAPDevice) -> Transfer {
        precondition(hasRoom)
        headerLength = device.hasHeader ? VirtioNetHeader.length : 0
        let descriptor = device.descriptor
        // SAFETY: `hasRoom`.
        let result = Transfer.result { unsafe Glibc.read(descriptor, memory + tail, Self.roomForFrame) }
        if case .moved(let count) = result { frameLength = max(0, count - headerLength) }
        return result
    }

    /// The header of the frame read last.
    var header: VirtioNetHeader {
        // SAFETY: `read` left room for a header; its fields take any value.
        unsafe headerLength == 0
            ? VirtioNetHeader() : memory.loadUnaligned(fromByteOffset: tail, as: VirtioNetHeader.self)
    }

    /// A byte of the frame read last; `nil` past its end.
    func frameByte(_ offset: Int) -> UInt8? {
        guard offset >= 0, offset < frameLength else { return nil }
        // SAFETY: just checked.
        return unsafe memory.load(fromByteOffset: tail + headerLength + offset, as: UInt8.self)
    }

    /// Appends the frame read last to `batch` by reference. Valid until ``removeAll()``.
    mutating func appendFrame(to batch: inout FrameBatch, offload: FrameBatch.Offload) -> Bool {
        // SAFETY: `read` wrote that many bytes, which stay until `removeAll`.
        let appended = unsafe batch.append(
            memory + tail + headerLength, count: frameLength, offload: offload)
        tail += (headerLength + frameLength + Self.alignment - 1) / Self.alignment * Self.alignment
        return appended
    }
}
