// SPDX-License-Identifier: Apache-2.0

/// Which files a client may give for guest memory.
package enum GuestMemoryFiles: String, Equatable, Sendable, CaseIterable {
    /// Those whose pages are in the host's memory: memfd, tmpfs, huge pages.
    case inMemory = "in-memory"
    /// Any that can be mapped. An access waits for the file system then, which may be a network's or the client's own: it
    /// can hold up every client of the thread, for ever.
    case anyFile = "any-file"
}
