// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Cloud Hypervisor v53.0's side of vfio-user, byte for byte: what the crate vfio_user 0.1.3 sends and reads for what
/// Cloud Hypervisor asks of it (its files pci/src/vfio_user.rs and pci/src/vfio.rs), with nothing in between.
///
/// The crate looks at no reply's flags or errors; what it would not notice is an error here.
final class CloudHypervisorClient {
    struct Region {
        var flags: UInt32
        var size: UInt64
    }

    private let socket: ReplaySocket
    private var nextID: UInt16 = 0
    private(set) var regions: [Region] = []
    private(set) var capabilities: [UInt8: UInt16] = [:]
    private(set) var extendedCapabilities: [UInt16] = []
    private(set) var isReset = false
    private(set) var interrupts: [UInt32: UInt32] = [:]
    private var isINTxInUse = false
    private let intx = ClientEvent()
    private(set) var msix: [ClientEvent] = []

    /// `Client::new`: VERSION 0.1, the device, and its regions.
    init(_ path: String) throws {
        socket = try ReplaySocket(path)
        try negotiate()
        try readDevice()
    }

    // MARK: The crate

    private func request(_ command: UInt16, _ payload: [UInt8], id: UInt16, descriptors: [CInt] = []) throws {
        let header = littleEndian(id, command, UInt32(16 + payload.count), UInt32(0), UInt32(0))
        try socket.send(header + payload, descriptors: descriptors)
    }

    /// Sends a request and reads `count` bytes, header included, as its reply.
    private func call(_ command: UInt16, _ payload: [UInt8], reply count: Int, descriptors: [CInt] = []) throws
        -> [UInt8]
    {
        let id = nextID
        nextID &+= 1
        try request(command, payload, id: id, descriptors: descriptors)
        let reply = try socket.read(count)
        try check(reply, id, command, size: count)
        return reply
    }

    private func check(_ reply: [UInt8], _ id: UInt16, _ command: UInt16, size: Int) throws {
        try #require(reply.load(UInt16.self, at: 0) == id && reply.load(UInt16.self, at: 2) == command)
        try #require(reply.load(at: 4) == size, "command \(command): the client reads \(size) bytes")
        try #require(reply.load(at: 8) == 1 && reply.load(at: 12) == 0, "command \(command) is refused")
    }

    private func negotiate() throws {
        let text =
            #"{"capabilities":{"max_msg_fds":1,"max_data_xfer_size":1048576,"migration":{"pgsize":4096}}}"#
        try request(1, littleEndian(UInt16(0), UInt16(1)) + Array(text.utf8) + [0], id: 0)
        nextID = 1
        let start = try socket.read(20)
        let size = Int(start.load(at: 4))
        try check(start, 0, 1, size: size)
        // The crate's parser has a default for each capability but for what is in `migration`.
        let data = Data(try socket.read(size - 20).dropLast())
        let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        let offered = try #require(object?["capabilities"] as? [String: Any])
        if let migration = offered["migration"] as? [String: Any] { try #require(migration["pgsize"] is Int) }
    }

    private func readDevice() throws {
        // Its argsz counts the header too.
        let reply = try call(4, littleEndian(UInt32(32), UInt32(0), UInt32(0), UInt32(0)), reply: 32)
        let flags = reply.load(at: 20)
        try #require(flags & 2 != 0, "a PCI device")
        // Inverted: a reset is sent where the server does not offer it.
        isReset = flags & 1 == 0
        for index in 0..<reply.load(at: 24) { regions.append(try readRegion(index)) }
        if isReset { _ = try call(13, [], reply: 16) }
    }

    private func readRegion(_ index: UInt32) throws -> Region {
        func payload(_ size: UInt32) -> [UInt8] {
            littleEndian(size, UInt32(0), index, UInt32(0), UInt64(0), UInt64(0))
        }
        let id = nextID
        nextID &+= 1
        try request(5, payload(32), id: id)
        let first = try socket.readOnce(48)
        try check(first.bytes, id, 5, size: 48)
        let size = first.bytes.load(at: 16)
        guard size > 32 else { return region(first.bytes) }
        // The header goes out again as it was, with the same number.
        nextID &+= 1
        try request(5, payload(size), id: id)
        let second = try socket.readOnce(48)
        try #require(second.bytes.load(at: 16) - 32 == second.bytes.load(at: 4) - 48, "the crate asserts it")
        _ = try socket.read(Int(second.bytes.load(at: 16)) - 32)
        try #require(second.descriptors == 1, "the file that is mapped")
        return region(second.bytes)
    }

    private func region(_ reply: [UInt8]) -> Region {
        Region(flags: reply.load(at: 20), size: reply.load(UInt64.self, at: 32))
    }

    private func read(_ region: UInt32, _ offset: UInt64, _ count: Int) throws -> [UInt8] {
        let reply = try call(9, littleEndian(offset, region, UInt32(count)), reply: 32 + count)
        try #require(reply.load(UInt64.self, at: 16) == offset && reply.load(at: 28) == count)
        return Array(reply[32...])
    }

    private func write(_ region: UInt32, _ offset: UInt64, _ data: [UInt8]) throws {
        _ = try call(10, littleEndian(offset, region, UInt32(data.count)) + data, reply: 32)
    }

    private func setInterrupts(_ flags: UInt32, _ index: UInt32, _ count: UInt32, _ events: [ClientEvent] = []) throws {
        let payload = littleEndian(UInt32(20), flags, index, UInt32(0), count)
        _ = try call(8, payload, reply: 16, descriptors: events.map(\.descriptor))
    }

    func map(_ memory: SharedMemory, offset: UInt64, address: UInt64, size: UInt64) throws {
        let payload = littleEndian(UInt32(32), UInt32(3), offset, address, size)
        _ = try call(2, payload, reply: 16, descriptors: [memory.descriptor])
    }

    func unmap(address: UInt64, size: UInt64) throws {
        _ = try call(3, littleEndian(UInt32(24), UInt32(0), address, size), reply: 40)
    }

    // MARK: Cloud Hypervisor

    private func configuration8(_ offset: UInt64) throws -> UInt8 { try read(7, offset, 1)[0] }
    private func configuration16(_ offset: UInt64) throws -> UInt16 { try read(7, offset, 2).load(UInt16.self, at: 0) }
    func configuration(_ offset: UInt64) throws -> UInt32 { try read(7, offset, 4).load(at: 0) }
    func setConfiguration(_ offset: UInt64, _ data: [UInt8]) throws { try write(7, offset, data) }

    /// `VfioCommon::new`: the capabilities, and INTx when the device has it.
    func readCapabilities() throws {
        try #require(configuration16(6) & 0x10 != 0)
        var offset = try configuration8(0x34) & 0xFC
        while offset != 0 {
            let (id, at) = (try configuration8(UInt64(offset)), UInt64(offset))
            switch id {
            case 0x05 where try interruptCount(1) > 0: capabilities[id] = try configuration16(at + 2)
            case 0x11 where try interruptCount(2) > 0: try readMSIX(at)
            default: capabilities[id] = UInt16(offset)
            }
            let next = try configuration8(at + 1) & 0xFC
            try #require(next != offset)
            offset = next
        }
        if Set(capabilities.keys).isSuperset(of: [0x01, 0x10]) { try readExtendedCapabilities() }
        if try interruptCount(0) > 0 { try enableINTx() }
    }

    private(set) var msixOffset: UInt64 = 0
    private(set) var msixTable: UInt32 = 0

    private func readMSIX(_ offset: UInt64) throws {
        capabilities[0x11] = try configuration16(offset + 2)
        (msixOffset, msixTable) = (offset, try configuration(offset + 4))
        _ = try configuration(offset + 8)
    }

    private func readExtendedCapabilities() throws {
        var offset: UInt64 = 0x100
        for _ in 0..<100 {
            let header = try configuration(offset)
            extendedCapabilities.append(UInt16(header & 0xFFFF))
            offset = UInt64(header >> 20)
            if offset == 0 { return }
        }
        Issue.record("the list of extended capabilities has no end")
    }

    private func interruptCount(_ index: UInt32) throws -> UInt32 {
        let reply = try call(7, littleEndian(UInt32(16), UInt32(0), index, UInt32(0)), reply: 32)
        try #require(reply.load(at: 24) == index)
        interrupts[index] = reply.load(at: 28)
        return reply.load(at: 28)
    }

    private func enableINTx() throws {
        try setInterrupts(0x24, 0, 1, [intx])
        isINTxInUse = true
    }

    /// `allocate_bars`: the sizes, by writing ones. The addresses are Cloud Hypervisor's own and never written.
    func sizeBARs() throws -> [Int: UInt64] {
        var (sizes, index): ([Int: UInt64], Int) = ([:], 0)
        while index < 7 {
            let offset: UInt64 = index == 6 ? 0x30 : UInt64(0x10 + 4 * index)
            let (isROM, flags) = (index == 6, try configuration(offset))
            let (isIO, isWide) = (!isROM && flags & 1 != 0, !isROM && flags & 4 != 0)
            try write(7, offset, [0xFF, 0xFF, 0xFF, 0xFF])
            var mask = UInt64(try configuration(offset)) & (isIO ? ~3 : ~15)
            if isWide, !isIO {
                try write(7, offset + 4, [0xFF, 0xFF, 0xFF, 0xFF])
                mask |= UInt64(try configuration(offset + 4)) << 32
            }
            if mask != 0 {
                sizes[index] = isWide && !isIO ? ~mask &+ 1 : UInt64(UInt32(truncatingIfNeeded: ~mask &+ 1))
            }
            index += isWide && !isIO && mask != 0 ? 2 : 1
        }
        return sizes
    }

    /// The guest's access to BAR 0. While INTx is in use each is followed by an unmask, as the end of the interrupt.
    func register(_ offset: Int) throws -> UInt32 {
        let value = try read(0, UInt64(offset), 4).load(UInt32.self, at: 0)
        if isINTxInUse { try setInterrupts(0x11, 0, 1) }
        return value
    }

    func setRegister(_ offset: Int, _ value: UInt32) throws {
        try write(0, UInt64(offset), littleEndian(value))
        if isINTxInUse { try setInterrupts(0x11, 0, 1) }
    }

    /// The guest sets the enable bit of MSI-X: all vectors at once, 16 a message.
    func enableMSIX() throws {
        if isINTxInUse { try setInterrupts(0x21, 0, 0) }
        isINTxInUse = false
        let count = Int(try #require(capabilities[0x11]) & 0x7FF) + 1
        try #require(count <= 16)
        msix = (0..<count).map { _ in ClientEvent() }
        try setInterrupts(0x24, 2, UInt32(count), msix)
        try write(7, msixOffset + 2, littleEndian(UInt16(0x8000)))
    }

    /// Dropping the device.
    func leave() throws {
        if !msix.isEmpty { try setInterrupts(0x21, 2, 0) }
        if isINTxInUse { try setInterrupts(0x21, 0, 0) }
        try #require(socket.isSilent, "bytes nobody reads")
        socket.disconnect()
    }
}
