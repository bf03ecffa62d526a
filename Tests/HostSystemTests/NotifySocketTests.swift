// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import HostSystem

@Suite("The service manager")
struct NotifySocketTests {
    private let name = "kawela-notify-\(getpid())-\(UInt32.random(in: 0 ... .max))"

    /// A datagram socket bound to `path`, or to an abstract name where that begins with an @.
    private func bind(_ path: String) throws -> Descriptor {
        let socket = try UnixSocket.make(.datagram)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            bytes.copyBytes(from: path.utf8)
            if path.hasPrefix("@") { bytes[0] = 0 }
        }
        let size = socklen_t(2 + path.utf8.count)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(socket.number, $0, size) }
        }
        try #require(result == 0)
        return socket
    }

    /// The datagrams that came.
    private func messages(of socket: Descriptor) -> [String] {
        var messages: [String] = []
        var buffer = [UInt8](repeating: 0, count: 256)
        while case let count = read(socket.number, &buffer, buffer.count), count >= 0 {
            messages.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
        return messages
    }

    @Test("is told the states, at a path and at an abstract name", arguments: ["/tmp/", "@"])
    func states(prefix: String) throws {
        let socket = try bind(prefix + name)
        defer { unlink(prefix + name) }
        let manager = NotifySocket(prefix + name)
        manager.ready()
        let before = monotonicNanoseconds() / 1000
        manager.reloading { #expect(messages(of: socket).count == 2) }
        manager.ready()
        manager.reloading {}
        manager.stopping()
        let all = messages(of: socket)
        #expect(all.count == 5)
        #expect([0, 1, 3, 4].map { all[$0] } == ["READY=1", "READY=1", "READY=1", "STOPPING=1"])
        let reloading = all[2].split(separator: "\n")
        #expect(reloading.first == "RELOADING=1")
        let time = reloading.last?.split(separator: "=").last.flatMap { UInt64($0) }
        #expect(try #require(time) >= before)
    }

    @Test(
        "is told nothing where there is none, or nobody listens",
        arguments: [nil, "", "nowhere", "/tmp/no-such", "@no-such"])
    func absent(socket: String?) {
        let manager = NotifySocket(socket)
        manager.ready()
        manager.stopping()
    }
}
