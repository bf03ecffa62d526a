// SPDX-License-Identifier: Apache-2.0

import Logging

/// Log lines on standard error: `15:04:05.678 info  uplink: link up`.
struct ShortLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(level: Logger.Level) { logLevel = level }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        writeToStandardError(line(at: timeOfDay(), event.level, "\(event.message)", all))
    }

    func line(at time: String, _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) -> String {
        let details = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        return "\(time) \(level.rawValue) \(oneLine(message + details))\n"
    }
}

/// Text of peers may be in a message: it cannot start a line of its own.
private func oneLine(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
}
