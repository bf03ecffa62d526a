// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostSystem
import Logging
import PCIe
import SystemPackage

/// One client's connection: takes its requests in order, has the function carry them out, and replies.
///
/// It is the host of the function from a successful handshake on. It never calls the function when it was called by it:
/// what goes wrong inside a host call is noted in ``end``, and the owner acts on it later.
final class Session {
    enum State {
        case awaitingVersion
        case running
    }

    let function: any Function
    let barSizes: [Int]
    /// Bytes of the expansion ROM's region; 0 without one.
    let romSize: Int
    /// `max_data_xfer_size`: data bytes of one region message.
    let transferSize: Int
    let transport: any Transport
    let log: EventLog

    /// Bytes received and not handled yet. The request being handled is at the front.
    let input: ByteQueue
    let output: SendQueue
    /// Data of the reply being put together.
    let replyData: ByteQueue
    var received = ReceivedDescriptors()
    /// Bytes of the stream before ``input``.
    private(set) var position: UInt64 = 0

    var state = State.awaitingVersion
    /// Why the connection is to be closed; once set, nothing is received, handled or sent.
    var end: Disconnect? { reason ?? (events.haveFailed ? .blockingEvent : nil) }
    private var reason: Disconnect?

    let events = ClientEvents()
    var intx: INTxLine
    var msi: VectorTable
    var msix: VectorTable
    var requests = ServerRequests()
    let waitBudget: WaitBudget
    let guestMemory: GuestMemoryFiles
    /// Whether a file for guest memory was refused because ``guestMemory`` does not allow it.
    var hasRefusedMemory = false
    /// Whether a mapping was refused because there were too many, which is logged once.
    var hasExceededMappings = false
    /// Whether the client left a request without a reply.
    var hasMissedReply = false
    /// Called after each message that wrote to a region, before it is answered.
    let afterWrite: (() -> Void)?
    /// When the client connected.
    private let start = ContinuousClock.now

    init(
        _ transport: any Transport, function: any Function, log: EventLog,
        waitBudget: WaitBudget = WaitBudget(), guestMemory: GuestMemoryFiles = .inMemory,
        afterWrite: (() -> Void)? = nil
    ) {
        (self.transport, self.function, self.log, self.afterWrite) = (transport, function, log, afterWrite)
        (self.waitBudget, self.guestMemory) = (waitBudget, guestMemory)
        (barSizes, romSize) = (function.barSizes, function.expansionROM?.size ?? 0)
        // QEMU reads a ROM in one message, whatever its size.
        transferSize = max(Limits.transferSize, romSize)
        input = ByteQueue(capacity: Limits.inputCapacity(transferSize))
        output = SendQueue(capacity: Limits.outputCapacity(transferSize))
        replyData = ByteQueue(capacity: transferSize)
        intx = INTxLine(events)
        msi = VectorTable(count: function.interruptCounts.msi, events)
        msix = VectorTable(count: function.interruptCounts.msix, events)
    }

    /// Ends the connection for `reason`, unless it has ended already.
    func finish(_ reason: Disconnect) {
        if end == nil { self.reason = reason }
    }

    /// Closes every descriptor a client gave, and undoes the handshake.
    func release() {
        received.removeAll()
        intx = INTxLine(events)
        msi = VectorTable(count: 0, events)
        msix = VectorTable(count: 0, events)
        guard state == .running else { return }
        state = .awaitingVersion
        function.unmapAll()
        function.detach()
        function.reset()
    }
}

// MARK: Receiving

extension Session {
    /// The client has not said a word for so long that its place is another's.
    var isSilent: Bool { state == .awaitingVersion && .now - start > Limits.versionTime }

    /// Whether handling can go on without receiving.
    var hasBufferedMessages: Bool { end != nil || hasMessage }

    private var hasMessage: Bool {
        guard input.count >= Limits.headerSize else { return false }
        let header = Header(input, at: 0)
        return !isWellFormed(header) || input.count >= Int(header.size)
    }

    /// The connection is readable: receives once and handles a bounded number of messages.
    func handleInput() {
        receive()
        handleMessages()
    }

    /// Room was made in the socket.
    func handleWritable() { flush() }

    func receive() {
        guard end == nil else { return }
        // Full of whole messages that are to be handled first; a single one always fits.
        guard input.room > 0 else { return }
        var descriptors: [Descriptor] = []
        let result = transport.receive(into: input, &descriptors)
        if !descriptors.isEmpty { hold(descriptors) }
        switch result {
        case .received, .nothing: break
        case .ended: finish(.clientLeft)
        case .tooManyDescriptors: finish(.violation("more than \(Limits.descriptorsPerMessage) descriptors at once"))
        case .descriptorsLost: finish(.noDescriptorsLeft)
        case .failed(let error): finish(error == .connectionReset ? .clientLeft : .socketFailed(error))
        }
    }

    /// A receive ends with the segment that carried descriptors, and a message's descriptors come with its first byte:
    /// they belong to the last message that has begun.
    private func hold(_ descriptors: [Descriptor]) {
        received.add(descriptors, at: position + UInt64(lastMessageOffset))
        if received.count > Limits.heldDescriptors { finish(.violation("too many descriptors")) }
    }

    private var lastMessageOffset: Int {
        var offset = 0
        while input.count - offset >= Limits.headerSize {
            let header = Header(input, at: offset)
            let next = offset + Int(header.size)
            if !isWellFormed(header) || next >= input.count { break }
            offset = next
        }
        return offset
    }

    /// Handles messages received, for a bounded time, and sends the replies together.
    func handleMessages() {
        var budget = Limits.messagesPerTurn
        let deadline = ContinuousClock.now + Limits.messageTimePerTurn
        while end == nil, budget > 0, hasMessage {
            handleMessage()
            budget -= 1
            if .now >= deadline { break }
        }
        flush()
    }

    /// Whether the message can be told from what follows it.
    func isWellFormed(_ header: Header) -> Bool { header.isWellFormed(upTo: Limits.messageSize(transferSize)) }

    private func handleMessage() {
        let header = Header(input, at: 0)
        guard isWellFormed(header) else { return finish(.violation("malformed header")) }
        guard header.isRequest else { return dropLateReply(header, at: 0) }
        handle(Request(header: header, bytes: input, descriptors: received.take(at: position)))
        input.removeFirst(Int(header.size))
        position += UInt64(header.size)
    }

    /// Takes a reply to a request of this side out of ``input``.
    func removeReply(at offset: Int) {
        let size = Header.size(in: input, at: offset)
        let start = position + UInt64(offset)
        if !received.take(at: start).isEmpty { finish(.violation("descriptors in a reply")) }
        input.remove(size, at: offset)
        received.close(gapOf: size, at: start)
    }
}

// MARK: Sending

extension Session {
    var hasOutput: Bool { !output.isEmpty }

    func flush() {
        guard !output.isEmpty, let error = output.flush(to: transport) else { return }
        finish(error == .brokenPipe || error == .connectionReset ? .clientLeft : .socketFailed(error))
    }

    /// Begins the reply to `request`, whose payload of `size` bytes the caller appends. Nil when none is wanted, or
    /// when the client has left too many unread.
    func beginReply(to request: Request, payload size: Int = 0) -> ByteQueue? {
        guard request.header.wantsReply else { return nil }
        return beginMessage(
            Header(
                id: request.header.id, command: request.header.command, size: UInt32(Limits.headerSize + size),
                flags: .reply))
    }

    func refuse(_ request: Request, _ refusal: Refusal) {
        log.debug("refused command \(request.header.command): \(Errno(rawValue: refusal.code))")
        guard request.header.wantsReply else { return }
        _ = beginMessage(
            Header(
                id: request.header.id, command: request.header.command, size: UInt32(Limits.headerSize),
                flags: [.reply, .error], error: UInt32(refusal.code)))
    }

    func beginMessage(_ header: Header) -> ByteQueue? {
        if output.bytes.room < Int(header.size) { flush() }
        guard output.bytes.room >= Int(header.size) else {
            finish(.slowReader)
            return nil
        }
        header.append(to: output.bytes)
        return output.bytes
    }
}
