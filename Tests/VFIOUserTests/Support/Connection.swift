// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostSystem
import Logging
import Testing

@testable import VFIOUser

/// A server with one client over a socket pair, and an event loop that runs when asked.
final class Connection {
    static let versionPayload =
        bytes(UInt16(0), UInt16(0))
        + Array(
            (#"{"capabilities":{"migration":{"pgsize":4096,"max_bitmap_size":268435456},"max_msg_fds":16,"#
                + #""max_data_xfer_size":1048576,"pgsizes":4096,"max_dma_maps":65535,"write_multiple":true}}"#).utf8)
        + [0]

    let function: ScriptedFunction
    let log = RecordedLog()
    let server: Server
    let client: TestClient
    private var lastID: UInt16 = 100

    /// - Parameter handshake: whether VERSION has been exchanged, and the function's calls forgotten.
    init(
        _ function: ScriptedFunction = ScriptedFunction(), handshake: Bool = true,
        guestMemory: GuestMemoryFiles = .inMemory, waitBudget: WaitBudget = WaitBudget(),
        afterWrite: (() -> Void)? = nil
    ) throws {
        self.function = function
        server = try Server(function: function, log: log.logger, guestMemory: guestMemory, waitBudget: waitBudget)
        server.afterWrite = afterWrite
        var ends: [CInt] = [0, 0]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
        server.adopt(Descriptor(ends[0]))
        client = TestClient(ends[1])
        if handshake {
            _ = try #require(try call(1, Self.versionPayload).refusal == nil)
            function.calls = []
        }
    }

    deinit { server.close() }

    /// Runs the server until it has nothing to do.
    func run() { server.runUntilIdle() }

    /// Sends a request, runs the server, and returns the reply.
    func call(_ command: UInt16, _ payload: [UInt8] = [], descriptors: [CInt] = []) throws -> Wire {
        lastID += 1
        client.send(Wire(lastID, command, payload), descriptors: descriptors)
        run()
        let reply = try #require(client.next())
        #expect(reply.id == lastID && reply.command == command && reply.isReply)
        return reply
    }

    /// Sends a request that wants no reply and runs the server.
    func post(_ command: UInt16, _ payload: [UInt8], descriptors: [CInt] = []) {
        client.send(Wire(7, command, payload, flags: Wire.noReply), descriptors: descriptors)
        run()
    }

    /// Whether the server has closed the connection.
    var isClosed: Bool {
        run()
        return client.receive() && !server.isConnected
    }
}

extension Server {
    func runUntilIdle() {
        for _ in 0..<100_000 {
            var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let ready = poll(&entries, nfds_t(entries.count), 0)
            if ready <= 0 && !hasBufferedMessages { return }
            for entry in entries where entry.revents != 0 { handleEvents(on: entry.fd) }
            if hasBufferedMessages { processBufferedMessages() }
        }
        Issue.record("the server does not come to rest")
    }
}
