// SPDX-License-Identifier: Apache-2.0

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
/// When a client leaves, its memory is unmapped, the function is detached and reset, and the next one may come. One that
/// connects while another is served waits for its place a moment, since that may have ended without its socket being closed
/// yet, and is turned away then: QEMU reports the error at start, where waiting longer would look like a hang.
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
    /// A client that waits for the place of ``session``'s, until ``placeTimer`` runs out.
    private var newcomer: Descriptor?
    private let placeTimer: Timer
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
        do throws(Errno) {
            (closer, placeTimer) = (try Closer(), try Timer())
        } catch { throw .unavailable(path: path, error) }
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
        (closer, placeTimer) = (try Closer(), try Timer())
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
        } else if descriptor == placeTimer.descriptor, placeTimer.take() {
            endWaiting()
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
        takeNewcomer()?.hangUp()
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

    private func welcome(_ socket: Descriptor) {
        let peer = SocketPeer(of: socket)
        guard access.admits(peer) else { return turnAway(socket, "\(peer.text), not a user that may connect") }
        endLostSession()
        if session == nil {
            begin(socket)
        } else if newcomer == nil {
            newcomer = socket
            placeTimer.start(milliseconds: Limits.placeTimeMilliseconds)
        } else {
            turnAway(socket, "another one is connected")
        }
    }

    /// The client served may have gone, and another one come instead, before its going was noticed. What it left unread is
    /// of no use to anybody then.
    private func endLostSession() {
        session?.handleInput()
        if let session, session.transport.hasHungUp { session.finish(.clientLeft) }
        if let session, session.isSilent { session.finish(.silent) }
        settle()
    }

    /// The place that a client waits for is still taken.
    private func endWaiting() {
        endLostSession()
        if let socket = takeNewcomer() { turnAway(socket, "another one is connected") }
    }

    private func takeNewcomer() -> Descriptor? {
        defer { newcomer = nil }
        if newcomer != nil { placeTimer.start(milliseconds: 0) }
        return newcomer
    }

    private func turnAway(_ socket: Descriptor, _ reason: String) {
        socket.hangUp()
        log.warning("client turned away: \(reason)")
    }

    /// Serves a client, as soon as one may be served again.
    private func begin(_ socket: Descriptor) {
        if let pauseEnd, .now < pauseEnd {
            turnAway(socket, "the eventfd of the one before blocked, try again in a second")
        } else {
            adopt(socket)
        }
    }

    func adopt(_ socket: Descriptor) {
        session = Session(
            ClientSocket(socket, closer), function: function, log: log, waitBudget: waitBudget,
            guestMemory: guestMemory, afterWrite: afterWrite)
        log.info("client connected: \(SocketPeer(of: socket).text)")
        watch()
    }

    /// Closes a session that has ended, has the client that waits for its place served, and brings ``descriptors`` up to
    /// date.
    private func settle() {
        if closer.isBehind { session?.finish(.unclosedDescriptors) }
        if let session, let reason = session.end {
            session.flush()
            session.release()
            self.session = nil
            if reason == .blockingEvent { pauseEnd = .now + Limits.blockingPause }
            log.note(reason)
        }
        if session == nil, !closer.isBehind, let socket = takeNewcomer() { begin(socket) }
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
            watched.closer === closer, watched.newcomer === newcomer, watchedRoom == writability?.descriptor
        {
            return
        }
        watched = Watched(
            listener: listener, session: session, resample: resample, writability: writability, closer: closer,
            newcomer: newcomer, placeTimer: placeTimer)
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
    var newcomer: Descriptor?
    var placeTimer: Timer?

    var descriptors: [CInt] {
        [
            listener?.descriptor, session?.transport.descriptor, resample?.number, writability?.descriptor,
            closer?.caughtUp, newcomer == nil ? nil : placeTimer?.descriptor,
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
