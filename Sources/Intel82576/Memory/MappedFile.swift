// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import PCIe

/// A file of guest RAM, mapped whole.
///
/// With an IOMMU in the guest a client maps thousands of small ranges of one file; each costs a table entry, not a
/// mapping (``MappedFiles``). What a function may reach is decided by ``AddressSpace``'s ranges alone.
@safe final class MappedFile {
    struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
        /// Whether the mapping can be written.
        var isWritable: Bool

        func isSameFile(as other: Identity) -> Bool { inode == other.inode && device == other.device }
    }

    let identity: Identity
    let size: UInt64
    let start: UnsafeMutableRawPointer
    private let guardSlot: CInt

    /// Maps the file behind `descriptor`.
    /// - Parameter lost: outlives this object. The SIGBUS guard sets it to 1 when the file was truncated under the mapping
    ///   and a missing page was touched: the whole mapping is zeros then, and what is written to it goes nowhere.
    @unsafe init(
        _ descriptor: CInt, size: UInt64, identity: Identity, lost: UnsafeMutablePointer<CInt>
    ) throws(DMAMappingError) {
        Self.installGuard
        guard size > 0, let length = Int(exactly: size) else { throw .unmappable(errno: EINVAL) }
        let protection = identity.isWritable ? PROT_READ | PROT_WRITE : PROT_READ
        // SAFETY: a fresh mapping of `length` bytes; owned by this object, unmapped in deinit only.
        let mapped = unsafe mmap(nil, length, protection, MAP_SHARED, descriptor, 0)
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { throw .unmappable(errno: errno) }
        (self.identity, self.size) = (identity, size)
        unsafe start = mapped
        let slot = unsafe kw_guard_add(mapped, length, lost)
        guard slot >= 0 else {
            // Not yet an object that `deinit` would clean up after.
            unsafe munmap(mapped, length)
            throw .unmappable(errno: ENOSPC)
        }
        guardSlot = slot
    }

    deinit {
        kw_guard_remove(guardSlot)
        // SAFETY: the mapping is this object's own; no range refers to it any more.
        unsafe munmap(start, Int(size))
    }

    /// Size and identity of the file behind `descriptor`.
    static func inspect(_ descriptor: CInt, isWritable: Bool) throws(DMAMappingError) -> (UInt64, Identity) {
        var (size, device, inode): (UInt64, UInt64, UInt64) = (0, 0, 0)
        // SAFETY: the three results are locals.
        guard unsafe kw_file_identity(descriptor, &size, &device, &inode) == 0 else {
            throw .unmappable(errno: errno)
        }
        return (size, Identity(device: device, inode: inode, isWritable: isWritable))
    }

    private static let installGuard: Void = kw_guard_install()
}
