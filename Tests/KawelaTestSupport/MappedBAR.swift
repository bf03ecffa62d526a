import CKawela
import Glibc
import PCIe

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
