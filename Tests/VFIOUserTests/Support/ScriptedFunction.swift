// SPDX-License-Identifier: Apache-2.0

import PCIe

/// A function that writes down what it is asked, and answers from arrays.
final class ScriptedFunction: Function {
    enum Call: Equatable {
        case readConfiguration(offset: Int, width: Int)
        case writeConfiguration(offset: Int, width: Int, value: UInt32)
        case readBAR(Int, offset: Int, width: Int)
        case writeBAR(Int, offset: Int, width: Int, value: UInt64)
        case attach
        case detach
        case reset
        case map(address: UInt64, size: UInt64)
        case unmap(address: UInt64, size: UInt64)
        case unmapAll
    }

    var barSizes = [0x20000, 0, 0, 0x4000, 0, 0]
    var interruptCounts = InterruptCounts(intx: 1, msi: 1, msix: 10)
    var expansionROM: ExpansionROM?
    var calls: [Call] = []
    var mappings: [DMAMapping] = []
    var host: (any FunctionHost)?
    var mapError: DMAMappingError?
    /// Called for each mapping while its descriptor is open.
    var onMap: (DMAMapping) -> Void = { _ in }
    var onWrite: (Int, Int, UInt64) -> Void = { _, _, _ in }
    var onRead: (Int, Int) -> Void = { _, _ in }

    /// Each byte reads as the low byte of its offset plus one.
    static func value(at offset: Int, width: Int) -> UInt64 {
        (0..<width).reduce(0) { $0 | UInt64(UInt8(truncatingIfNeeded: offset + $1 + 1)) << UInt64(8 * $1) }
    }

    func readConfiguration(at offset: Int, width: Int) -> UInt32 {
        calls.append(.readConfiguration(offset: offset, width: width))
        return UInt32(Self.value(at: offset, width: width))
    }

    func writeConfiguration(at offset: Int, width: Int, _ value: UInt32) {
        calls.append(.writeConfiguration(offset: offset, width: width, value: value))
    }

    func readBAR(_ bar: Int, at offset: Int, width: Int) -> UInt64 {
        calls.append(.readBAR(bar, offset: offset, width: width))
        onRead(bar, offset)
        return Self.value(at: offset, width: width)
    }

    func writeBAR(_ bar: Int, at offset: Int, width: Int, _ value: UInt64) {
        calls.append(.writeBAR(bar, offset: offset, width: width, value: value))
        onWrite(bar, offset, value)
    }

    func attach(_ host: any FunctionHost) {
        self.host = host
        calls.append(.attach)
    }

    func detach() {
        host = nil
        calls.append(.detach)
    }

    func reset() { calls.append(.reset) }

    func map(_ mapping: DMAMapping) throws(DMAMappingError) {
        calls.append(.map(address: mapping.address, size: mapping.size))
        if let mapError { throw mapError }
        onMap(mapping)
        mappings.append(mapping)
    }

    /// Knows whole mappings and ranges without any.
    func unmap(address: UInt64, size: UInt64) throws(DMAMappingError) -> UInt64 {
        calls.append(.unmap(address: address, size: size))
        guard let index = mappings.firstIndex(where: { $0.address == address }) else { return 0 }
        if mappings[index].size != size { throw .partlyInRange }
        mappings.remove(at: index)
        return size
    }

    func unmapAll() {
        calls.append(.unmapAll)
        mappings.removeAll()
    }
}
