import HostSystem
import Logging
import PCIe
import SystemPackage

/// Serves one PCIe function to one vfio-user client at a time, on a UNIX socket.
///
/// Single-threaded and driven by its owner's event loop: wait until one of ``descriptors`` is readable, then call
/// ``handleEvents(on:)``; while ``hasBufferedMessages``, call ``processBufferedMessages()`` without waiting. Nothing
/// blocks, except the function's own access to memory that the client did not share (milliseconds at most, within its
/// ``WaitBudget``).
///
/// A client that connects while another is served is turned away at once: QEMU then reports the error at start, where
/// waiting would look like a hang. When a client leaves, its memory is unmapped, the function is detached and reset,
/// and the next one may come.
package final class Server {
    private let function: any Function
    private let log: EventLog
    private let guestMemory: GuestMemoryFiles
    private let access: ClientAccess
    private let waitBudget: WaitBudget
    /// Closes what clients hand over, and their sockets.
    private let closer: Closer
    private let listener: Listener?
    private var session: Session?
    /// Readable while the client's socket is writable, so that all there is to wait for is readable.
    private var writability: EventSet?
    private var watched = Watched()
    /// The descriptor of ``watched``'s `writability`.
    private var watchedRoom: CInt?
    private var isClosed = false
    /// Clients are turned away until then, after one whose eventfd blocked.
    private var pauseEnd: ContinuousClock.Instant?

    /// Called after each message that wrote to a region of the function, before it is answered and before the next is
    /// handled, posted or not. It takes time that counts as the client's, and must not call the server. For a client that
    /// connects after it was set.
    package var afterWrite: (() -> Void)?

    /// What to wait for, each to be *readable*. Changes only inside calls of this class and of the function's host. A
    /// number may come back for another file, so an owner that registers them (epoll) has to compare ``generation``.
    package private(set) var descriptors: [CInt] = []
    /// Grows whenever ``descriptors`` changes or one of them becomes another file.
    package private(set) var generation = 0

    /// Whether a client is connected.
    package var isConnected: Bool { session != nil }

    /// Listens on `path`. A socket file left behind by a server that has ended is replaced.
    package init(
        path: String, function: any Function, log: Logger, guestMemory: GuestMemoryFiles = .inMemory,
        access: ClientAccess = ClientAccess()
    ) throws(ServerError) {
        (self.function, self.log, self.guestMemory, self.access) = (function, EventLog(log), guestMemory, access)
        waitBudget = WaitBudget()
        do throws(Errno) { closer = try Closer() } catch { throw .unavailable(path: path, error) }
        listener = try Listener(path: path, access: access.socket, closer)
        watch()
    }

    /// Without a socket to connect to: clients come by ``adopt(_:)``.
    init(
        function: any Function, log: Logger, guestMemory: GuestMemoryFiles = .inMemory,
        waitBudget: WaitBudget = WaitBudget()
    ) throws(Errno) {
        (self.function, self.log, self.guestMemory, listener) = (function, EventLog(log), guestMemory, nil)
        (access, self.waitBudget) = (ClientAccess(), waitBudget)
        closer = try Closer()
    }

    deinit { close() }

    /// One of ``descriptors`` is readable or failed. Handles a bounded number of messages. A descriptor that is no
    /// longer among ``descriptors`` is ignored.
    package func handleEvents(on descriptor: CInt) {
        if descriptor == listener?.descriptor {
            acceptClient()
        } else if descriptor == session?.transport.descriptor {
            session?.handleInput()
        } else if descriptor == session?.intx.resample?.number {
            session?.handleResample()
        } else if descriptor == writability?.descriptor {
            session?.handleWritable()
        } else if descriptor == closer.caughtUp {
            closer.acknowledge()
        }
        settle()
    }

    /// Whether messages that were received wait to be handled, or a connection that failed waits to be closed.
    package var hasBufferedMessages: Bool { session?.hasBufferedMessages ?? false }

    /// Handles a bounded number of the messages received.
    package func processBufferedMessages() {
        session?.handleMessages()
        settle()
    }

    /// Drops the client and removes the socket file. Calling it again does nothing.
    package func close() {
        session?.finish(.serverClosed)
        settle()
        listener?.removeFile()
        isClosed = true
        watch()
    }
}

// MARK: Clients

extension Server {
    private func acceptClient() {
        guard !isClosed, let listener else { return }
        switch listener.accept() {
        case .client(let socket): welcome(socket)
        case .nobody: break
        case .turnedAway: log.warning("client turned away: no descriptors left in this process")
        case .failed(let error): log.warning("cannot accept a client: \(error)")
        }
    }

    /// The client served may have gone, and this one come instead, before its going was noticed. What it left unread is
    /// of no use to anybody then.
    private func welcome(_ socket: Descriptor) {
        let peer = SocketPeer(of: socket)
        guard access.admits(peer) else {
            socket.hangUp()
            log.warning("client turned away: \(peer.text), not a user that may connect")
            return
        }
        session?.handleInput()
        if let session, session.transport.hasHungUp { session.finish(.clientLeft) }
        if let session, session.isSilent { session.finish(.silent) }
        settle()
        if let obstacle {
            socket.hangUp()
            log.warning("client turned away: \(obstacle)")
        } else {
            adopt(socket)
        }
    }

    /// Why a client cannot be served now.
    private var obstacle: String? {
        if session != nil { return "another one is connected" }
        if let pauseEnd, .now < pauseEnd { return "the eventfd of the one before blocked, try again in a second" }
        return nil
    }

    func adopt(_ socket: Descriptor) {
        session = Session(
            ClientSocket(socket, closer), function: function, log: log, waitBudget: waitBudget,
            guestMemory: guestMemory, afterWrite: afterWrite)
        log.info("client connected: \(SocketPeer(of: socket).text)")
        watch()
    }

    /// Closes a session that has ended, and brings ``descriptors`` up to date.
    private func settle() {
        if closer.isBehind { session?.finish(.unclosedDescriptors) }
        if let session, let reason = session.end {
            session.flush()
            session.release()
            self.session = nil
            if reason == .blockingEvent { pauseEnd = .now + Limits.blockingPause }
            log.note(reason)
        }
        watch()
    }

    /// Brings ``descriptors`` up to date, after every event; usually nothing changed. While the closer is behind, the
    /// listener is not among them, so that no further client is accepted.
    private func watch() {
        watchForRoom()
        let isBehind = closer.isBehind
        let (listener, closer) = (isClosed || isBehind ? nil : listener, isBehind && !isClosed ? closer : nil)
        let resample = session?.intx.resample
        if watched.listener === listener, watched.session === session, watched.resample === resample,
            watched.closer === closer, watchedRoom == writability?.descriptor
        {
            return
        }
        watched = Watched(
            listener: listener, session: session, resample: resample, writability: writability, closer: closer)
        watchedRoom = writability?.descriptor
        descriptors = watched.descriptors
        generation += 1
    }

    /// Waits for room in the client's socket, while something is left to send.
    private func watchForRoom() {
        guard let session, session.hasOutput else {
            writability = nil
            return
        }
        guard writability == nil, let watch = try? EventSet() else { return }
        if (try? watch.add(session.transport.descriptor, writable: true)) != nil { writability = watch }
    }
}

/// The owners of ``Server/descriptors``, kept so that a descriptor's number cannot be given to another file.
private struct Watched {
    var listener: Listener?
    var session: Session?
    var resample: Descriptor?
    var writability: EventSet?
    var closer: Closer?

    var descriptors: [CInt] {
        [
            listener?.descriptor, session?.transport.descriptor, resample?.number, writability?.descriptor,
            closer?.caughtUp,
        ].compactMap { $0 }
    }
}

extension SocketPeer? {
    fileprivate var text: String { self?.description ?? "of an unknown user" }
}

extension EventLog {
    fileprivate func note(_ reason: Disconnect) {
        if reason.isOrderly { info("client disconnected: \(reason)") } else { warning("client dropped: \(reason)") }
    }
}
