// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Glibc
import HostSystem
import SystemPackage

/// A client of the control socket, who holds what it gets against what it asked.
final class ControlPeer {
    /// A line that it sent.
    private enum Line {
        /// It is no request.
        case invalid
        case request(ControlRequest)

        var mayBeginStream: Bool {
            guard case .request(let request) = self else { return false }
            return request.method.hasSuffix(".start")
        }
    }

    private let socket: Descriptor
    /// Sent behind the last end of a line.
    private var begun: [UInt8] = []
    /// Lines that were not answered yet.
    private var asked: [Line] = []
    /// Received, and not looked at yet.
    private var received: [UInt8] = []
    /// The method whose stream is all that comes.
    private var stream: (method: String, isText: Bool)?
    private var wantsEvents = false
    /// It sent something of which no answer tells what came of it, or too much at once.
    private var isMuddled = false
    private var isAtEnd = false
    /// Something came with the last call of ``read()``.
    private(set) var isActive = false

    init(_ socket: Descriptor) { self.socket = socket }

    func close() { socket.close() }

    /// It sends nothing more. That ends a stream, also one that is about to begin.
    func hangUp() {
        shutdown(socket.number, CInt(SHUT_WR))
        if stream != nil || asked.contains(where: \.mayBeginStream) { isMuddled = true }
    }

    // MARK: Requests

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            guard let count = try? socket.send(bytes, from: sent), count > 0 else { break }
            sent += count
        }
        for byte in bytes.prefix(sent) { note(byte) }
        // Where a line is cut off is up to how it comes.
        if begun.count > ControlMessage.longestRequest / 2 { isMuddled = true }
    }

    private func note(_ byte: UInt8) {
        guard byte == UInt8(ascii: "\n") else { return begun.append(byte) }
        defer { begun = [] }
        guard !begun.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) else { return }
        guard let request = try? ControlRequest(parsing: begun) else { return asked.append(.invalid) }
        // It has no answer, and may have a stream all the same.
        if request.id == nil {
            isMuddled = isMuddled || request.method.hasSuffix(".start") || request.method == "subscribe"
        }
        if request.id != nil { asked.append(.request(request)) }
    }

    // MARK: Answers

    /// Takes what has come.
    func read() {
        let count = received.count
        do {
            while let count = try socket.receive(into: &received, limit: 1 << 16) {
                if count == 0 {
                    isAtEnd = true
                    break
                }
            }
        } catch { isAtEnd = true }
        isActive = received.count > count
        while stream == nil, let end = received.firstIndex(of: UInt8(ascii: "\n")), !isMuddled {
            let line = Array(received[..<end])
            received.removeSubrange(...end)
            take(line)
        }
    }

    private func take(_ line: [UInt8]) {
        guard let json = try? JSONValue(parsing: line) else { violated("an answer is no JSON: \(text(line))") }
        require(json.line == line, "an answer is not as it is written again: \(text(line))")
        if let notification = ControlNotification(json) {
            return require(wantsEvents, "\(notification.method) comes without having been asked for")
        }
        guard let response = ControlResponse(json), !asked.isEmpty else {
            violated("this answers nothing: \(text(line))")
        }
        switch asked.removeFirst() {
        case .invalid: require(response.id == .null && isError(response), "no request is answered with \(text(line))")
        case .request(let request):
            require(response.id == request.id, "\(request) is answered with \(text(line))")
            if !isError(response) { begin(request) }
        }
    }

    private func isError(_ response: ControlResponse) -> Bool {
        guard case .failure(let error) = response.result else { return false }
        require(!error.message.isEmpty, "a request is refused without a word")
        return true
    }

    /// A request was granted.
    private func begin(_ request: ControlRequest) {
        if request.method == "subscribe" { wantsEvents = true }
        if ["capture.start", "trace.start"].contains(request.method) {
            stream = (request.method, request.parameters["format"] == "text")
        }
    }

    private func text(_ line: [UInt8]) -> String { String(decoding: line.prefix(500), as: UTF8.self) }

    // MARK: What must be true at the end

    /// No answer is to come, or none that it would know.
    var isAnswered: Bool { isMuddled || isAtEnd || stream != nil || asked.isEmpty }

    /// All that came is whole, and nothing is missing.
    func checkIsAnswered() {
        guard !isMuddled else { return }
        switch stream {
        case nil: require(asked.isEmpty, "requests are not answered: \(asked)")
        case (method: "capture.start", _)?: checkCapture()
        case (_, isText: true)?: require(received.last == UInt8(ascii: "\n"), "a trace ends within a line")
        default: checkTrace()
        }
    }

    /// pcapng: blocks that say how long they are, in front and behind.
    private func checkCapture() {
        var rest = received[...]
        while !rest.isEmpty {
            let length = word(rest, 4)
            require(length >= 12 && length % 4 == 0 && length <= rest.count, "a block of a capture has \(length) bytes")
            require(word(rest, length - 4) == length, "a block of a capture has two lengths")
            rest = rest.dropFirst(length)
        }
        require(word(received[...], 0) == 0x0A0D_0D0A, "a capture does not begin with a section")
    }

    private func word(_ bytes: ArraySlice<UInt8>, _ offset: Int) -> Int {
        bytes.dropFirst(offset).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// The replay's own reader takes it.
    private func checkTrace() {
        do { _ = try TraceFile(received).read() } catch { violated("a trace cannot be read: \(error)") }
    }
}
