// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The side of vfio-user that QEMU had from 10.1 on, before 11.1 (hw/vfio-user there), byte for byte. 11.1 asks for
/// DEVICE_FEATURE as well.
///
/// QEMU takes replies by their number, in any order, and refuses one that is longer than the room it has for it.
final class QEMUClient {
    struct Reply {
        var payload: [UInt8]
        var error: UInt32
        var descriptors: Int
    }

    private let socket: ReplaySocket
    private var nextID: UInt16 = 0
    private var early: [UInt16: Reply] = [:]
    private var room: [UInt16: Int] = [:]
    private(set) var regions: [(flags: UInt32, size: UInt64)] = []
    /// Off with `x-no-posted-writes`, and as soon as a region can be mapped: a write there could overtake one that was sent.
    private(set) var postsWrites: Bool

    init(_ path: String, postsWrites: Bool = true) throws {
        socket = try ReplaySocket(path)
        self.postsWrites = postsWrites
    }

    // MARK: Messages

    /// - Parameter room: the bytes that QEMU has for the reply; those of the request where it does not say.
    private func post(
        _ command: UInt16, _ payload: [UInt8], flags: UInt32 = 0, room: Int? = nil, descriptors: [CInt] = []
    ) throws -> UInt16 {
        let id = nextID
        nextID &+= 1
        let header = littleEndian(id, command, UInt32(16 + payload.count), flags, UInt32(0))
        if flags == 0 { self.room[id] = room ?? 16 + payload.count }
        try socket.send(header + payload, descriptors: descriptors)
        return id
    }

    private func reply(to id: UInt16) throws -> Reply {
        while true {
            if let reply = early.removeValue(forKey: id) { return reply }
            // The descriptors come with the header.
            let (header, descriptors) = try socket.readOnce(16)
            try #require(header.count == 16, "QEMU calls this a short read of the header")
            let (other, size) = (header.load(UInt16.self, at: 0), Int(header.load(at: 4)))
            let allowed = try #require(room[other], "an unexpected reply")
            room[other] = nil
            try #require(
                header.load(at: 8) & 0xF == 1 && size >= 16 && size <= allowed, "\(size) bytes, room \(allowed)")
            let payload = try socket.read(size - 16)
            let error = header.load(at: 8) & 0x20 != 0 ? header.load(at: 12) : 0
            early[other] = Reply(payload: payload, error: error, descriptors: descriptors)
        }
    }

    private func call(
        _ command: UInt16, _ payload: [UInt8], room: Int? = nil, descriptors: [CInt] = []
    ) throws -> Reply {
        let reply = try reply(to: post(command, payload, room: room, descriptors: descriptors))
        try #require(reply.error == 0, "command \(command): error \(reply.error)")
        return reply
    }

    // MARK: What QEMU does

    /// The names that QEMU takes from the reply; it warns of others. Its own are in the order in which 11.1.3 writes them.
    func negotiate() throws -> [String: Any] {
        let text =
            #"{"capabilities": {"pgsizes": 4096, "max_msg_fds": 16, "max_dma_maps": 65535, "#
            + #""max_data_xfer_size": 1048576, "migration": {"max_bitmap_size": 268435456, "pgsize": 4096}, "#
            + #""write_multiple": true}}"#
        let reply = try call(1, littleEndian(UInt16(0), UInt16(0)) + Array(text.utf8) + [0])
        try #require(reply.payload.load(UInt32.self, at: 0) == 0, "version 0.0")
        try #require(reply.payload.last == 0)
        let object = try JSONSerialization.jsonObject(with: Data(reply.payload.dropFirst(4).dropLast()))
        return try #require((object as? [String: Any])?["capabilities"] as? [String: Any])
    }

    /// The memory of the machine in one transaction: all are sent before the first reply is read.
    /// - Parameter ranges: with a file or without one, as ROMs and BARs of other devices have none that is shared.
    func map(_ ranges: [(address: UInt64, size: UInt64, file: CInt?, isReadOnly: Bool)]) throws {
        let ids = try ranges.map { range in
            let offset = UInt64(0)
            let payload = littleEndian(UInt32(32), UInt32(range.isReadOnly ? 1 : 3), offset, range.address, range.size)
            return try post(2, payload, descriptors: range.file.map { [$0] } ?? [])
        }
        for id in ids { try #require(reply(to: id).error == 0) }
    }

    func unmap(address: UInt64, size: UInt64) throws {
        _ = try call(3, littleEndian(UInt32(24), UInt32(0), address, size))
    }

    func readDevice() throws -> (flags: UInt32, regions: UInt32, interrupts: UInt32) {
        let payload = try call(4, littleEndian(UInt32(16), UInt32(0), UInt32(0), UInt32(0))).payload
        return (payload.load(at: 4), payload.load(at: 8), payload.load(at: 12))
    }

    /// Asked again with the room it says it needs. The message stays 48 bytes long; the room is only in argsz.
    func readRegion(_ index: UInt32) throws {
        var size: UInt32 = 32
        while true {
            let payload = littleEndian(size, UInt32(0), index, UInt32(0), UInt64(0), UInt64(0))
            let reply = try call(5, payload, room: 16 + Int(size))
            let flags = reply.payload.load(UInt32.self, at: 4)
            if flags & 4 != 0 { postsWrites = false }
            if reply.payload.load(at: 0) <= size {
                if flags & 8 != 0 { try #require((32...size).contains(reply.payload.load(at: 12))) }
                return regions.append((flags, reply.payload.load(UInt64.self, at: 16)))
            }
            size = reply.payload.load(at: 0)
        }
    }

    /// `nil` when the server refuses, which QEMU takes for an interrupt that is not there.
    func interruptCount(_ index: UInt32) throws -> UInt32? {
        let reply = try reply(to: post(7, littleEndian(UInt32(16), UInt32(0), index, UInt32(0))))
        return reply.error == 0 ? reply.payload.load(at: 12) : nil
    }

    func read(_ region: UInt32, _ offset: UInt64, _ count: Int) throws -> [UInt8] {
        let reply = try call(9, littleEndian(offset, region, UInt32(count)), room: 32 + count)
        try #require(reply.payload.load(at: 12) == count)
        return Array(reply.payload[16...])
    }

    /// Memory is written without waiting, configuration space and I/O ports are not.
    func write(_ region: UInt32, _ offset: UInt64, _ data: [UInt8], isMemory: Bool = false) throws {
        let payload = littleEndian(offset, region, UInt32(data.count)) + data
        if isMemory, postsWrites {
            _ = try post(10, payload, flags: 0x10)
        } else {
            _ = try call(10, payload)
        }
    }

    /// Events and gaps go in messages of their own. What is not an event unbinds.
    func setInterrupts(_ index: UInt32, _ events: [ClientEvent?]) throws {
        var start = 0
        while start < events.count {
            let run = events[start...].prefix { ($0 == nil) == (events[start] == nil) }.prefix(16)
            let payload = littleEndian(UInt32(20), UInt32(0x24), index, UInt32(start), UInt32(run.count))
            _ = try call(8, payload, descriptors: run.compactMap { $0?.descriptor })
            start += run.count
        }
    }

    /// Unbinds all (0x21), masks (0x09) or unmasks (0x11) INTx.
    func setInterrupts(_ index: UInt32, flags: UInt32, count: UInt32) throws {
        _ = try call(8, littleEndian(UInt32(20), flags, index, UInt32(0), count))
    }

    func reset() throws { _ = try call(13, []) }

    /// Whether nothing more comes.
    var isDone: Bool { early.isEmpty && room.isEmpty && socket.isSilent }

    func disconnect() { socket.disconnect() }
}
