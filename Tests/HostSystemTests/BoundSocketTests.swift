// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import SystemPackage
import Testing

@testable import HostSystem

@Suite("Sockets bound to a path")
struct BoundSocketTests {
    private let path = "/tmp/kawela-bound-\(getpid())-\(UInt32.random(in: 0 ... .max)).sock"

    private func bind(_ kind: UnixSocket.Kind = .stream) throws(Errno) -> BoundSocket {
        try BoundSocket(path: path, kind: kind)
    }

    private var fileExists: Bool { access(path, F_OK) == 0 }

    @Test("the file goes with the socket", arguments: [UnixSocket.Kind.stream, .datagram])
    func file(kind: UnixSocket.Kind) throws {
        do {
            let socket = try bind(kind)
            #expect(fileExists && socket.descriptor >= 0)
        }
        #expect(!fileExists)
    }

    @Test("a file whose program has ended is replaced", arguments: [UnixSocket.Kind.stream, .datagram])
    func stale(kind: UnixSocket.Kind) throws {
        close(kw_unix_bind(path, CInt((kind == .stream ? SOCK_STREAM : SOCK_DGRAM).rawValue)))
        #expect(fileExists)
        try bind(kind).close()
        #expect(!fileExists)
    }

    @Test(
        "a path at which somebody listens is in use, for every kind",
        arguments: [UnixSocket.Kind.stream, .datagram], [UnixSocket.Kind.stream, .datagram])
    func inUse(owner: UnixSocket.Kind, newcomer: UnixSocket.Kind) throws {
        let socket = try bind(owner)
        #expect(throws: Errno.addressInUse) { try bind(newcomer) }
        #expect(fileExists)
        socket.close()
    }

    @Test("a path whose listener has no room for more clients is in use")
    func full() throws {
        let socket = try bind()
        var clients: [Descriptor] = []
        while let client = try? UnixSocket.make(.stream), (try? UnixSocket.connect(client, to: path)) != nil {
            clients.append(client)
        }
        #expect(!clients.isEmpty)
        #expect(throws: Errno.addressInUse) { try bind() }
        socket.close()
    }

    @Test("a file that is no socket stays")
    func ordinaryFile() {
        close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600))
        defer { unlink(path) }
        #expect(throws: Errno.addressInUse) { try bind() }
        #expect(fileExists && FileIdentity(path: path)?.isSocket == false)
    }

    @Test("the file of another socket that took the path stays")
    func takenOver() throws {
        let first = try bind()
        unlink(path)
        let second = try bind()
        first.close()
        #expect(fileExists)
        second.close()
    }

    @Test("a path that does not fit an address, or has no folder, is refused")
    func badPaths() {
        #expect(throws: Errno.fileNameTooLong) {
            try BoundSocket(path: "/tmp/" + String(repeating: "x", count: 120), kind: .stream)
        }
        #expect(throws: Errno.noSuchFileOrDirectory) { try BoundSocket(path: "/nowhere/a", kind: .stream) }
    }

    private var mode: mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    @Test("a file has no more than the mode asked for from the start", arguments: [0o600, 0o700] as [UInt32])
    func mode(_ mode: UInt32) throws {
        let socket = try BoundSocket(path: path, kind: .stream, mode: mode)
        #expect(self.mode == mode_t(mode))
        socket.close()
    }

    @Test("a file gets exactly the mode and the owners that are granted")
    func grant() throws {
        let socket = try BoundSocket(path: path, kind: .stream, mode: 0o666)
        try socket.grant(SocketAccess(mode: 0o666))
        #expect(mode == 0o666, "whatever the umask is")
        try socket.grant(SocketAccess(mode: 0o640, user: geteuid(), group: getegid()))
        #expect(mode == 0o640)
        guard geteuid() == 0 else { return }
        try socket.grant(SocketAccess(mode: 0o600, user: 12, group: 34))
        var status = stat()
        #expect(lstat(path, &status) == 0 && status.st_uid == 12 && status.st_gid == 34)
    }

    @Test("nothing is granted by a link that somebody put in the file's place")
    func link() throws {
        let socket = try BoundSocket(path: path, kind: .stream, mode: 0o600)
        unlink(path)
        #expect(symlink("/dev/null", path) == 0)
        defer { unlink(path) }
        #expect(throws: Errno.self) { try socket.grant(SocketAccess(mode: 0o600)) }
    }

    @Test("a client's process and user are known")
    func peer() throws {
        let socket = try bind()
        let client = try UnixSocket.make(.stream)
        try UnixSocket.connect(client, to: path)
        let peer = SocketPeer(of: try UnixSocket.accept(socket.descriptor))
        #expect(peer?.process == getpid() && peer?.user == geteuid())
        #expect(SocketPeer(of: Descriptor(-1)) == nil)
    }

    @Test("a client is accepted, and nobody else")
    func accept() throws {
        let socket = try bind()
        let client = try UnixSocket.make(.stream)
        try UnixSocket.connect(client, to: path)
        #expect(try UnixSocket.accept(socket.descriptor).isOpen)
        #expect(throws: Errno.resourceTemporarilyUnavailable) { try UnixSocket.accept(socket.descriptor) }
    }
}
