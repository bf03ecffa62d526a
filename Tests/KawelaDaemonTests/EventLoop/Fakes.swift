// SPDX-License-Identifier: Apache-2.0

import Backends
import CKawela
import Glibc
import Intel82576
import Logging
import Synchronization

@testable import KawelaDaemon

/// A port that does what a test says.
final class FakePort: DrivenPort {
    var hasWork = false
    var wantsFrames = true
    var nextDeadline: UInt64?
    let counters: [(name: String, value: UInt64)] = [("dropped", 7)]
    var onRun: (FakePort) -> Void = { _ in }
    var onReceive: (FakePort) -> Void = { _ in }
    private(set) var runs = 0
    private(set) var receives = 0
    private(set) var linkChanges = 0

    func run() {
        runs += 1
        onRun(self)
    }

    func receiveFromUplink() {
        receives += 1
        onReceive(self)
    }

    func uplinkLinkChanged() { linkChanges += 1 }
}

final class FakeDriver: FunctionDriver {
    var hasWork = false
    var nextDeadline: UInt64?
    var onService: (FakeDriver) -> Void = { _ in }
    private(set) var services = 0

    func service() {
        services += 1
        onService(self)
    }
}

final class FakeServer: FunctionServer {
    var descriptors: [CInt]
    var onEvent: (FakeServer, CInt) -> Void = { _, _ in }
    var isConnected = false
    var bufferedMessages = 0
    var onMessage: () -> Void = {}
    var afterWrite: (() -> Void)?
    private(set) var events: [CInt] = []

    init(_ descriptors: [CInt] = []) { self.descriptors = descriptors }

    var hasBufferedMessages: Bool { bufferedMessages > 0 }
    func processBufferedMessages() {
        bufferedMessages -= 1
        onMessage()
    }
    func close() {}

    func handleEvents(on descriptor: CInt) {
        events.append(descriptor)
        onEvent(self, descriptor)
    }
}

final class FakeBackend: Backend {
    var descriptor: CInt
    var wantsWritable = false
    var isLinkUp = true
    var onEvent: (FakeBackend) -> Void = { _ in }
    private(set) var events = 0

    init(_ descriptor: CInt = -1) { self.descriptor = descriptor }

    let offloads: UplinkOffloads = []
    let isCongested = false
    let status = "fake"
    let counters: [(name: String, value: UInt64)] = [("received", 3), ("sent", 5)]
    func transmit(_ batch: inout FrameBatch) {}
    func receive(into batch: inout FrameBatch) {}
    func close() {}

    func handleEvent() {
        events += 1
        onEvent(self)
    }
}

/// Something readable or not, at a test's will.
final class Doorbell {
    let descriptor = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))

    deinit { close(descriptor) }

    func ring() { eventfd_write(descriptor, 1) }

    func clear() {
        var value: eventfd_t = 0
        eventfd_read(descriptor, &value)
    }
}

/// Keeps log messages.
final class LogRecord: Sendable {
    private let lines = Mutex<[String]>([])

    var messages: [String] { lines.withLock { $0 } }
    var logger: Logger { Logger(label: "test") { _ in Handler(record: self) } }

    private struct Handler: LogHandler {
        var record: LogRecord
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            record.lines.withLock { $0.append("\(event.message)") }
        }
    }
}
