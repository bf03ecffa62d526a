// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import PCIe

/// The files behind the ranges of an ``AddressSpace``, each mapped once however many ranges lie in it: once to read, and once
/// more to write too if a range wants that.
///
/// A mapping stays as long as any range lies in the file. With an IOMMU in the guest that translates, a driver has a buffer
/// to be read mapped only while a frame is sent, and its rings all the time: so the file is not mapped anew for each frame.
struct MappedFiles {
    /// As many as a machine may have: it has one for each memory module. The process has room for 64 functions with as many.
    static let maximumCount = 256
    /// Bytes of all those files together, which are mapped whole: 64 functions with as many leave half of the process's
    /// addresses.
    static let maximumBytes: UInt64 = 1 << 40

    private struct Entry {
        /// `nil`: free.
        var file: MappedFile?
        var identity: MappedFile.Identity
        var size: UInt64
        /// How many ranges lie in it.
        var uses = 0
    }

    private var entries: [Entry] = []
    /// Of ``entries``, where a file was found last.
    private var recent = 0
    /// Entries that are not free, and their bytes.
    private var count = 0
    private var byteCount: UInt64 = 0

    /// Where a range lies.
    @safe struct Place {
        /// The file's number, for ``use(_:)`` and ``release(_:)``.
        var number: UInt16
        var pointer: UnsafeMutableRawPointer
    }

    /// The place of `size` bytes from `offset` of the file behind `descriptor`, which is mapped if it is not yet. It is to be
    /// used, or all is to be given up, before anything else is done.
    /// - Parameter lost: see ``MappedFile``.
    /// - Throws: `unmappable` when the range is not inside the file, or the descriptor does not allow the access;
    ///   `tooManyMappings` when there would be more files, or bytes, than the maximum.
    @unsafe mutating func place(
        of descriptor: CInt, offset: UInt64, size: UInt64, isWritable: Bool, lost: UnsafeMutablePointer<CInt>
    ) throws(DMAMappingError) -> Place {
        let (fileSize, identity) = try MappedFile.inspect(descriptor, isWritable: isWritable)
        let (end, overflow) = offset.addingReportingOverflow(size)
        guard !overflow, end <= fileSize, end <= UInt64(Int.max) else { throw .unmappable(errno: ENXIO) }
        if let known = known(identity, reaching: end) {
            // What mmap would say of this descriptor.
            let error = kw_mapping_error(descriptor, isWritable)
            guard error == 0 else { throw .unmappable(errno: error) }
            recent = known
        } else {
            recent = try unsafe add(descriptor, identity, fileSize, lost)
        }
        // SAFETY: the range lies inside the file, as was just checked.
        return unsafe Place(number: UInt16(recent), pointer: entries[recent].file!.start + Int(offset))
    }

    /// A range lies in file `number` from now on.
    mutating func use(_ number: UInt16) { entries[Int(number)].uses += 1 }

    /// A range no longer lies in file `number`.
    mutating func release(_ number: UInt16) {
        entries[Int(number)].uses -= 1
        if entries[Int(number)].uses == 0 { removeUnused(like: entries[Int(number)].identity) }
    }

    mutating func removeAll() { self = MappedFiles() }

    private func known(_ identity: MappedFile.Identity, reaching end: UInt64) -> Int? {
        func fits(_ index: Int) -> Bool {
            entries[index].size >= end && entries[index].identity == identity && entries[index].file != nil
        }
        if recent < entries.count, fits(recent) { return recent }
        return entries.indices.first(where: fits)
    }

    private mutating func add(
        _ descriptor: CInt, _ identity: MappedFile.Identity, _ size: UInt64, _ lost: UnsafeMutablePointer<CInt>
    ) throws(DMAMappingError) -> Int {
        if !hasRoom(for: size) { for index in entries.indices where entries[index].uses == 0 { remove(index) } }
        guard hasRoom(for: size) else { throw .tooManyMappings }
        // SAFETY: the caller's promise about `lost`.
        let file = try unsafe MappedFile(descriptor, size: size, identity: identity, lost: lost)
        let entry = Entry(file: file, identity: identity, size: size)
        (count, byteCount) = (count + 1, byteCount + size)
        if let free = entries.firstIndex(where: { $0.file == nil }) {
            entries[free] = entry
            return free
        }
        entries.append(entry)
        return entries.count - 1
    }

    private func hasRoom(for size: UInt64) -> Bool {
        count < Self.maximumCount && size <= Self.maximumBytes - byteCount
    }

    /// Unmaps what no range lies in of the file of `identity`: all, if no range lies in the file at all, else what there is a
    /// larger mapping of, of a file that has grown.
    private mutating func removeUnused(like identity: MappedFile.Identity) {
        let isUsed = entries.indices.contains { entries[$0].uses > 0 && isMapping($0, of: identity) }
        for index in entries.indices where entries[index].uses == 0 && isMapping(index, of: identity) {
            if !isUsed || isReplaced(index) { remove(index) }
        }
    }

    private func isMapping(_ index: Int, of identity: MappedFile.Identity) -> Bool {
        entries[index].file != nil && entries[index].identity.isSameFile(as: identity)
    }

    private func isReplaced(_ index: Int) -> Bool {
        let (identity, size) = (entries[index].identity, entries[index].size)
        return entries.indices.contains {
            entries[$0].size > size && entries[$0].file != nil && entries[$0].identity == identity
        }
    }

    private mutating func remove(_ index: Int) {
        guard entries[index].file != nil else { return }
        entries[index].file = nil
        (count, byteCount) = (count - 1, byteCount - entries[index].size)
    }
}
