// SPDX-License-Identifier: Apache-2.0

/// One PCIe function, as a transport (vfio-user today) reaches it.
///
/// A transport owns exactly one function and calls it from one thread. Calls never nest: a function must not call its
/// transport back from inside `read` and `write` except through ``FunctionHost``, and a host must not call the function
/// from inside those.
public protocol Function: AnyObject {
    /// Size in bytes of BAR 0 to 5; 0 for an absent one. Powers of two.
    var barSizes: [Int] { get }
    /// How many interrupts of each kind the function can raise.
    var interruptCounts: InterruptCounts { get }
    /// What is in the expansion ROM; `nil` without one, and while the function was pulled out. It stays the same.
    var expansionROM: ExpansionROM? { get }

    /// Reads `width` bytes (1, 2 or 4) of the 4 KiB configuration space. Bytes past its end read as zero.
    func readConfiguration(at offset: Int, width: Int) -> UInt32
    /// Writes `width` bytes (1, 2 or 4) of the configuration space through its write masks.
    func writeConfiguration(at offset: Int, width: Int, _ value: UInt32)

    /// Reads `width` bytes (1, 2, 4 or 8) of a BAR. `offset + width` lies inside the BAR.
    func readBAR(_ bar: Int, at offset: Int, width: Int) -> UInt64
    /// Writes `width` bytes (1, 2, 4 or 8) of a BAR. `offset + width` lies inside the BAR.
    func writeBAR(_ bar: Int, at offset: Int, width: Int, _ value: UInt64)

    /// Connects the function to the side that delivers its interrupts. The function starts from ``reset()``.
    func attach(_ host: any FunctionHost)
    /// The host is gone: forget it and every DMA mapping.
    func detach()
    /// Conventional reset of the function: all state to its power-on values. DMA mappings stay.
    func reset()

    /// Makes `mapping.size` bytes at bus address `mapping.address` reachable for DMA.
    func map(_ mapping: DMAMapping) throws(DMAMappingError)
    /// Removes the mappings that lie in the `size` bytes from `address` on. No DMA touches them after return. Throws, and
    /// removes nothing, when one lies there only in part.
    /// - Returns: how many bytes were mapped there, 0 when none were.
    func unmap(address: UInt64, size: UInt64) throws(DMAMappingError) -> UInt64
    /// Removes every mapping.
    func unmapAll()
}

/// What a transport does for the function it serves.
public protocol FunctionHost: AnyObject {
    /// Sends the MSI-X message of `vector`, or keeps it pending while the vector is masked.
    func sendMSIX(_ vector: Int)
    /// Whether the MSI-X message of `vector` was sent and waits, because the vector is masked or leads nowhere yet.
    func isMSIXPending(_ vector: Int) -> Bool
    /// Takes the MSI-X message of `vector` back if it waits: what it reports is over.
    func withdrawMSIX(_ vector: Int)
    /// Sends the MSI message of `vector`.
    func sendMSI(_ vector: Int)
    /// Drives the level of the INTx pin.
    func setINTx(asserted: Bool)

    /// Reads guest memory that is mapped without a file descriptor, through the client. False if the client refused it.
    func readMemory(at address: UInt64, into buffer: inout MutableRawSpan) -> Bool
    /// Writes guest memory that is mapped without a file descriptor, through the client. False if the client refused it.
    func writeMemory(at address: UInt64, _ bytes: RawSpan) -> Bool

    /// Whether what needs several accesses to such memory may be begun now. The host waits for its client, whose thread
    /// others need too, so it waits for a bounded part of the time; beyond that, accesses fail.
    var canWait: Bool { get }

    /// A file that was mapped for DMA lacked pages when they were touched: it was made shorter, or there is no memory for
    /// it. The function goes on with zeros in its place; the host should end what it has with the file's owner.
    func memoryLost()
}

public struct InterruptCounts: Sendable, Equatable {
    public var intx: Int
    public var msi: Int
    public var msix: Int

    public init(intx: Int, msi: Int, msix: Int) {
        (self.intx, self.msi, self.msix) = (intx, msi, msix)
    }
}

/// A range of guest memory that a client offers for DMA.
public struct DMAMapping: Sendable {
    public enum Backing: Sendable, Equatable {
        /// `size` bytes from `offset` of an open file. The descriptor stays the caller's, who may close it after `map`.
        case file(descriptor: CInt, offset: UInt64)
        /// Reachable only by messages: ``FunctionHost/readMemory(at:into:)``.
        case messages
    }

    public var address: UInt64
    public var size: UInt64
    public var isReadable: Bool
    public var isWritable: Bool
    public var backing: Backing

    public init(address: UInt64, size: UInt64, isReadable: Bool, isWritable: Bool, backing: Backing) {
        (self.address, self.size) = (address, size)
        (self.isReadable, self.isWritable, self.backing) = (isReadable, isWritable, backing)
    }
}

/// Why a DMA mapping was refused.
public enum DMAMappingError: Error, Equatable, Sendable {
    /// Empty, wraps past 2^64, or not aligned to 4 KiB.
    case invalidRange
    /// Overlaps a mapping that exists.
    case overlap
    /// A mapping lies in the range to unmap only in part.
    case partlyInRange
    /// The table of mappings is full.
    case tooManyMappings
    /// The file is shorter than the range, or cannot be mapped; `errno` of the host.
    case unmappable(errno: CInt)
}
