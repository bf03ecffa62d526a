// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import Intel82576
import PCIe

/// Pages that come and go, as with an IOMMU in the guest that translates: by calls of the function, and by messages of a
/// client. System calls are part of the time, but not of the instructions.
enum Mappings {
    /// How many ranges there are beside, of the 65,535 that can be.
    static let ranges: UInt64 = 65_000
    /// Pairs in a run.
    static let pairs = 64
    private static let page: UInt64 = 4096

    static func portable() throws -> [Scenario] {
        [
            try calls("map and unmap a page beside \(ranges) ranges", isWritable: true),
            try calls("map and unmap a page to read beside \(ranges) ranges", isWritable: false),
            try messages("map and unmap a page beside \(ranges) ranges, by messages"),
        ]
    }

    /// A bus address between ranges, below all of them for every fourth, which once was the slowest.
    static func address(_ index: Int) -> UInt64 {
        let between = UInt64(index) &* 7919 % ranges
        return index % 4 == 0 ? page : start + (2 * between + 1) * page
    }

    private static let start: UInt64 = 1 << 32

    /// Maps pages of `memory` with a gap behind each.
    static func fill(_ function: any Function, _ memory: Memory) throws {
        let pages = UInt64(memory.size) / page
        for index in 0..<ranges {
            try function.map(
                DMAMapping(
                    address: start + 2 * index * page, size: page, isReadable: true, isWritable: true,
                    backing: .file(descriptor: memory.descriptor, offset: index % pages * page)))
        }
    }

    private static func memory() throws -> Memory {
        let file = kw_memfd("bench-mappings")
        guard file >= 0, ftruncate(file, 16 << 20) == 0 else { throw BenchError("no guest RAM") }
        return try Memory(descriptor: file, size: 16 << 20)
    }

    private static func port() throws -> Port {
        Port(
            Port.Configuration(macAddress: MACAddress("52:54:00:82:57:06")!, virtualFunctions: 0),
            uplink: OffloadingNull(), clock: { 0 })
    }

    private static func calls(_ name: String, isWritable: Bool) throws -> Scenario {
        let (port, memory) = (try port(), try memory())
        let function = port.physicalFunction
        try fill(function, memory)
        var failures = 0
        return Scenario(
            name: name, unit: "pair", frames: pairs,
            run: {
                for index in 0..<pairs {
                    let mapping = DMAMapping(
                        address: address(index), size: page, isReadable: true, isWritable: isWritable,
                        backing: .file(descriptor: memory.descriptor, offset: UInt64(index) * page))
                    do {
                        try function.map(mapping)
                        if try function.unmap(address: mapping.address, size: page) != page { failures += 1 }
                    } catch { failures += 1 }
                }
            },
            check: {
                if failures > 0 { throw BenchError("\(name): \(failures) failures") }
                withExtendedLifetime(port) {}
            })
    }

    private static func messages(_ name: String) throws -> Scenario {
        let (port, memory) = (try port(), try memory())
        let client = try MappingClient(port.physicalFunction)
        try fill(port.physicalFunction, memory)
        return Scenario(
            name: name, unit: "pair", frames: pairs,
            prepare: {
                for index in 0..<pairs {
                    try client.send(.dmaMap, RawClient.map(address(index), page), descriptor: memory.descriptor)
                    try client.send(.dmaUnmap, RawClient.unmap(address(index), page))
                }
            },
            run: { client.serve() },
            check: {
                try client.checkReplies(2 * pairs)
                withExtendedLifetime(port) {}
            })
    }
}
