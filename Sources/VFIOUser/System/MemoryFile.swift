import CKawela

extension Descriptor {
    /// Whether the pages of this file are in the host's memory, so that no access to them waits for a file system.
    var isMemoryFile: Bool { kw_is_memory_file(number) }
}
