import Glibc

/// Writes `text` to standard error. What cannot be written is lost.
package func writeToStandardError(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
        // SAFETY: the bytes are valid for the duration of the call.
        _ = unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
}
