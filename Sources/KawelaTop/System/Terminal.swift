// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostSystem
import SystemPackage

/// The terminal at standard input and output, taken over: keys come as they are pressed, and the screen is another than
/// the one that was there, which comes back with ``close()`` or when the value goes.
final class Terminal {
    private let before: termios
    private var isOpen = true

    /// - Throws: `Errno.inappropriateIOCTLForDevice` when there is none.
    init() throws(Errno) {
        var settings = termios()
        // SAFETY: `settings` outlives the calls.
        guard isatty(STDOUT_FILENO) == 1, unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { throw .last }
        before = settings
        unsafe cfmakeraw(&settings)
        guard unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings) == 0 else { throw .last }
        // The other screen, no cursor, no wrap at the right edge.
        try write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l")
    }

    deinit { close() }

    /// Gives it back as it was.
    func close() {
        guard isOpen else { return }
        isOpen = false
        try? write("\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l")
        var settings = before
        // SAFETY: `settings` outlives the call.
        _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    /// Readable when a key was pressed.
    var descriptor: CInt { STDIN_FILENO }

    var size: ScreenSize {
        var size = winsize()
        // SAFETY: `size` outlives the call.
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return Page.smallest
        }
        return ScreenSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

    /// What was pressed; `nil` when the terminal is gone. Call it when ``descriptor`` is readable.
    func read() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 256)
        // SAFETY: the buffer has room for the bytes asked for.
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(STDIN_FILENO, $0.baseAddress, $0.count) }
        if count < 0 { return [.interrupted, .resourceTemporarilyUnavailable].contains(Errno.last) ? [] : nil }
        return count == 0 ? nil : Array(bytes.prefix(count))
    }

    func write(_ text: String) throws(Errno) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            // SAFETY: the bytes are valid during the call.
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else {
                guard [.interrupted, .resourceTemporarilyUnavailable].contains(Errno.last) else { throw .last }
                _ = try readiness(of: STDOUT_FILENO, writable: true, within: 100_000_000)
            }
        }
    }
}
