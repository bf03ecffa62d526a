// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import Testing

/// A network namespace of one test. It has no name: it is gone with the last descriptor that refers to it.
struct NetworkNamespace: ~Copyable {
    /// Tests need root and the device; where they must not be missing (CI) they fail instead of being skipped.
    static var isAvailable: Bool { geteuid() == 0 && access("/dev/net/tun", R_OK | W_OK) == 0 || getenv("CI") != nil }

    /// Whether the kernel has vhost-net too, which it need not have.
    static var hasVhostNet: Bool { isAvailable && access("/dev/vhost-net", R_OK | W_OK) == 0 }

    private let descriptor: CInt

    init() throws {
        let outer = Self.current()
        try #require(Self.function("unshare")(0x4000_0000) == 0, "unshare(CLONE_NEWNET)")
        descriptor = Self.current()
        Self.enter(outer)
        close(outer)
    }

    deinit { close(descriptor) }

    /// Runs `body` with this thread, and processes it starts, in the namespace.
    func run<Result>(_ body: () throws -> Result) rethrows -> Result {
        let outer = Self.current()
        Self.enter(descriptor)
        defer {
            Self.enter(outer)
            close(outer)
        }
        return try body()
    }

    func ip(_ arguments: String) throws {
        try run { _ = try output(of: "/bin/sh", "-c", "PATH=$PATH:/sbin:/usr/sbin exec ip \(arguments)") }
    }

    private static func current() -> CInt { open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC) }

    private static func enter(_ namespace: CInt) {
        let setns = unsafeBitCast(dlsym(nil, "setns"), to: (@convention(c) (CInt, CInt) -> CInt).self)
        precondition(setns(namespace, 0x4000_0000) == 0, "the thread would stay in the wrong namespace")
    }

    /// A function of the C library that its headers show to `_GNU_SOURCE` only.
    private static func function(_ name: String) -> @convention(c) (CInt) -> CInt {
        unsafeBitCast(dlsym(nil, name), to: (@convention(c) (CInt) -> CInt).self)
    }
}

/// A packet socket on an interface, with virtio-net headers both ways.
final class PacketPeer {
    private let descriptor: CInt

    /// To be called in the interface's namespace.
    init(on interface: String) throws {
        let all = UInt16(0x0003).bigEndian
        descriptor = socket(17, CInt(SOCK_RAW.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), CInt(all))
        try #require(descriptor >= 0)
        // struct sockaddr_ll
        var address = [UInt8](repeating: 0, count: 20)
        address.withUnsafeMutableBytes {
            $0.storeBytes(of: 17, as: UInt16.self)
            $0.storeBytes(of: all, toByteOffset: 2, as: UInt16.self)
            $0.storeBytes(of: if_nametoindex(interface), toByteOffset: 4, as: UInt32.self)
        }
        let bound = address.withUnsafeBytes {
            bind(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), 20)
        }
        try #require(bound == 0)
        var one: CInt = 1
        let (packetLevel, virtioNetHeader) = (CInt(263), CInt(15))
        try #require(setsockopt(descriptor, packetLevel, virtioNetHeader, &one, 4) == 0)
    }

    deinit { close(descriptor) }

    /// Sends a header and a frame.
    func send(_ bytes: [UInt8]) -> Int { write(descriptor, bytes, bytes.count) }

    /// The next header and frame with `etherType`, if there is one within 5 seconds.
    func receive(etherType: [UInt8] = [0x88, 0xB5]) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 70_000)
        let deadline = ContinuousClock.now + .seconds(5)
        while ContinuousClock.now < deadline {
            let count = read(descriptor, &bytes, bytes.count)
            if count >= 24, Array(bytes[22..<24]) == etherType { return Array(bytes[..<count]) }
            if count < 0 { usleep(10_000) }
        }
        return nil
    }
}
