// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import SystemPackage
import Testing

@testable import HostSystem

@Suite("Descriptors")
struct DescriptorTests {
    @Test("close() closes once, and the end of the last reference does nothing more")
    func close() {
        let number = open("/dev/null", O_RDONLY | O_CLOEXEC)
        let descriptor = Descriptor(number)
        #expect(descriptor.isOpen && descriptor.number == number)
        descriptor.close()
        descriptor.close()
        #expect(!descriptor.isOpen && descriptor.number == -1)
    }

    @Test("what a failed system call returned is its error")
    func failed() {
        #expect(throws: Errno.noSuchFileOrDirectory) { try Descriptor(result: open("/nowhere/file", O_RDONLY)) }
    }

    @Test("an eventfd is told from everything else, and so is memory")
    func kinds() throws {
        let event = Descriptor(eventfd(0, CInt(EFD_CLOEXEC)))
        let memory = Descriptor(kw_memfd("test"))
        let file = Descriptor(open("/proc/self/status", O_RDONLY | O_CLOEXEC))
        let socket = try UnixSocket.make(.stream)
        #expect([event, memory, file, socket].map(\.isEventDescriptor) == [true, false, false, false])
        #expect([event, memory, file, socket].map(\.isMemory) == [false, true, false, false])
    }
}
