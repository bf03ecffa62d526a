import Glibc

/// The system's words for an `errno`.
func systemMessage(_ code: CInt) -> String {
    // SAFETY: strerror returns a valid string of this thread's own (glibc 2.32 and newer), copied at once.
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
}

/// Writes `text` to standard error. What cannot be written is lost.
public func writeToStandardError(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
        // SAFETY: the bytes are valid for the duration of the call.
        _ = unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
}
