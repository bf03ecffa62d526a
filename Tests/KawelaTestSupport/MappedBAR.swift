import CKawela
import Glibc
import PCIe

/// The queue registers that a test's driver reaches in mapped memory, as long as the function offers them.
struct QueueAccess {
    private var bar: MappedBAR?
    private var file: [UInt64] = []

    /// The memory where `offset` is reached; `nil` when it takes a message. RQDPC always does, which memory cannot count for.
    private mutating func memory(of function: any Function, at offset: Int) -> MappedBAR? {
        guard let part = function.mappablePart(of: 0) else { return nil }
        var (size, device, inode): (UInt64, UInt64, UInt64) = (0, 0, 0)
        _ = kw_file_identity(part.descriptor, &size, &device, &inode)
        if file != [device, inode] { (bar, file) = (MappedBAR(function), [device, inode]) }
        let isDropCounter = offset & 0x3F == 0x30 && (offset & ~0x3FF == 0xC000 || offset & ~0x3FF == 0x2800)
        return bar.flatMap { $0.holds(offset) && !isDropCounter ? $0 : nil }
    }
}

extension QueueAccess {
    /// A mapped register is read after a message, before which the port polls the pages.
    mutating func read(_ function: any Function, _ offset: Int) -> UInt32 {
        guard let mapped = memory(of: function, at: offset) else {
            return UInt32(function.readBAR(0, at: offset, width: 4))
        }
        _ = function.readBAR(0, at: 0x8, width: 4)
        return mapped[offset]
    }

    mutating func write(_ function: any Function, _ offset: Int, _ value: UInt32) {
        if let mapped = memory(of: function, at: offset) {
            mapped[offset] = value
        } else {
            function.writeBAR(0, at: offset, width: 4, UInt64(value))
        }
    }
}

/// What a client does with the parts of BAR 0 that it may map: a mapping of its own, used without a message. May be used
/// from another thread than the function's.
public final class MappedBAR: @unchecked Sendable {
    public let areas: [Range<Int>]
    private let file: CInt
    private let bytes: UnsafeMutableRawPointer
    private let size: Int

    /// `nil` when the function offers nothing.
    public init?(_ function: any Function) {
        guard let part = function.mappablePart(of: 0) else { return nil }
        (areas, size) = (part.areas, function.barSizes[0])
        file = dup(part.descriptor)
        bytes = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)!
        precondition(bytes != MAP_FAILED)
    }

    deinit {
        munmap(bytes, size)
        close(file)
    }

    public func holds(_ offset: Int) -> Bool { areas.contains { $0.contains(offset) } }

    public subscript(offset: Int) -> UInt32 {
        get { kw_load32_acquire(bytes + offset) }
        set { kw_store32_release(bytes + offset, newValue) }
    }

    /// What the file answers to attempts to cut or grow it: errno of each, 0 for success.
    public func resize(to size: Int) -> CInt { ftruncate(file, size) == 0 ? 0 : errno }
}
