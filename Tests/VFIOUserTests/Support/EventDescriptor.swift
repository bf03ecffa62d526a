// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostTestSupport

/// The client's side of an eventfd.
final class EventDescriptor {
    let number: CInt

    init() { number = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK)) }

    deinit { close(number) }

    /// How often it was signalled since the last call.
    func take() -> UInt64 {
        var value: UInt64 = 0
        return read(number, &value, 8) == 8 ? value : 0
    }

    func signal() {
        var one: UInt64 = 1
        _ = write(number, &one, 8)
    }

    /// Takes O_NONBLOCK away. A counter that is `full` then blocks who signals, an empty one who takes.
    func makeBlocking(full: Bool) {
        var value = UInt64.max - 1
        if full { _ = write(number, &value, 8) }
        _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) & ~O_NONBLOCK)
    }
}

/// How many descriptors of this process refer to the same open eventfd as `number`. Unlike a count of all descriptors it
/// does not depend on what other tests do at the same time.
func copies(ofEventDescriptor number: CInt) -> Int {
    guard let wanted = eventIdentity(number) else { return 0 }
    return (0..<1024).filter { eventIdentity(CInt($0)) == wanted }.count
}

/// Whether `number` is soon the only descriptor of its eventfd in this process: some are closed in another thread.
func isLetGo(eventDescriptor number: CInt) -> Bool { becomesTrue { copies(ofEventDescriptor: number) == 1 } }

private func eventIdentity(_ number: CInt) -> String? {
    guard let file = fopen("/proc/self/fdinfo/\(number)", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, CInt(line.count), file) != nil {
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if text.hasPrefix("eventfd-id:") { return text }
    }
    return nil
}

/// A file in memory, as a client's guest memory.
final class MemoryFile {
    let number: CInt

    init(size: Int = 1 << 20) {
        number = kw_memfd("guest")
        ftruncate(number, size)
    }

    deinit { close(number) }

    /// How many descriptors of this process refer to it.
    var copies: Int {
        let own = inode(number)
        return (0..<1024).filter { inode(CInt($0)) == own }.count
    }

    /// Whether `number` is soon the only descriptor of the file in this process: some are closed in another thread.
    var isLetGo: Bool { becomesTrue { copies == 1 } }

    private func inode(_ number: CInt) -> [UInt64]? {
        var (size, device, inode): (UInt64, UInt64, UInt64) = (0, 0, 0)
        return kw_file_identity(number, &size, &device, &inode) == 0 ? [device, inode] : nil
    }
}
