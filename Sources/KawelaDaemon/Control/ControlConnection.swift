// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import HostSystem
import SystemPackage

/// One client of the control socket: lines that came, and bytes that wait to be sent. It is one request at a time that is
/// answered, so a client that asks without reading waits for itself.
final class ControlConnection {
    /// Bytes that may wait to be sent. A client that has so many does not read: it is let go.
    static let outputLimit = 8 << 20
    /// Above so many bytes no notifications are added, and no more of a stream is taken.
    static let busyOutput = 1 << 20

    let number: Int
    private let socket: Descriptor
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var sent = 0
    /// A request is being answered.
    var isWaiting = false
    /// The events the client wants.
    var events: Set<ControlEvent.Kind> = []
    /// Notifications left out because the client does not read fast enough.
    private var lost = 0
    /// Positions of ports that count who sends to whom for this client.
    var countedPorts: Set<Int> = []
    /// What fills the connection, and for which port.
    var stream: (source: any ByteStream, port: Int)?
    /// The connection is at its end: once the output is sent, or at once if it failed.
    private(set) var isEnding = false
    private(set) var hasFailed = false

    init(_ socket: Descriptor, number: Int) { (self.socket, self.number) = (socket, number) }

    var descriptor: CInt { socket.number }
    var hasOutput: Bool { sent < output.count }
    private var outputCount: Int { output.count - sent }
    /// Nothing is taken from the client while it has an answer to come, or does not read.
    var wantsInput: Bool { !isWaiting && !isEnding && outputCount < Self.busyOutput }
    var isOver: Bool { hasFailed || (isEnding && !hasOutput) }
    /// Its stream has begun.
    var carriesStream: Bool { stream != nil && !isWaiting }
    /// What comes from its stream can be taken.
    var hasRoomForStream: Bool { carriesStream && outputCount < Self.busyOutput }

    func close() {
        socket.hangUp()
        socket.close()
    }
}

// MARK: Input

extension ControlConnection {
    /// Takes what has arrived.
    func receive() {
        do throws(Errno) {
            guard let count = try socket.receive(into: &input, limit: 16 * 1024) else { return }
            if count == 0 { isEnding = true }
            // A client of a stream has nothing more to say.
            if carriesStream { input = [] }
        } catch { hasFailed = true }
    }

    /// The next line that is there as a whole, without its end.
    /// - Throws: ``ControlError`` for a line that is too long, after which nothing can be understood.
    func nextLine() throws(ControlError) -> [UInt8]? {
        guard let end = input.firstIndex(of: UInt8(ascii: "\n")) else {
            guard input.count < ControlMessage.longestRequest else {
                input = []
                isEnding = true
                throw .invalidRequest("a request has at most \(ControlMessage.longestRequest) bytes")
            }
            return nil
        }
        let line = Array(input[..<end])
        input.removeSubrange(...end)
        return line
    }
}

// MARK: Output

extension ControlConnection {
    func send(_ response: ControlResponse) { append(response.json) }

    /// Sends a notification, unless the client does not read fast enough: it learns of those later. One whose connection
    /// carries a stream gets none.
    func send(_ notification: ControlNotification) {
        guard stream == nil else { return }
        guard outputCount < Self.busyOutput else {
            lost += 1
            return
        }
        if lost > 0 {
            append(ControlNotification(method: "lost", parameters: ["count": .integer(lost)]).json)
            lost = 0
        }
        append(notification.json)
    }

    private func append(_ json: JSONValue) {
        append(json.line)
        append([UInt8(ascii: "\n")])
    }

    /// Adds what has come from the stream, and ends with it.
    func fillFromStream() {
        guard hasRoomForStream, let source = stream?.source else { return }
        let hasEnded = source.hasEnded
        source.take(into: &output)
        checkOutput()
        if hasEnded { isEnding = true }
    }

    private func append(_ bytes: [UInt8]) {
        output += bytes
        checkOutput()
    }

    private func checkOutput() {
        if outputCount > Self.outputLimit { hasFailed = true }
    }

    /// Sends as much as the socket has room for.
    func flush() {
        do throws(Errno) {
            while hasOutput {
                let count = try socket.send(output, from: sent)
                guard count > 0 else { break }
                sent += count
            }
        } catch { hasFailed = true }
        if !hasOutput {
            output.removeAll(keepingCapacity: output.capacity <= Self.busyOutput)
            sent = 0
        } else if sent > Self.busyOutput {
            output.removeFirst(sent)
            sent = 0
        }
    }
}

/// A stream whose bytes are all that a connection carries.
protocol ByteStream: PortStream {
    /// Readable when there may be something to take.
    var descriptor: CInt { get }
    /// Appends what there is to `output`. Never waits.
    func take(into output: inout [UInt8])
    /// Nothing comes after what ``take(into:)`` gives then.
    var hasEnded: Bool { get }
}
