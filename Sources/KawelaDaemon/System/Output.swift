// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc

/// Writes `text`, a line, to standard error, and never waits for whoever reads it: a line for which there is no room is
/// lost, and one of more than 4,096 bytes cut off.
package func writeToStandardError(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
        guard let start = bytes.baseAddress else { return }
        // SAFETY: the bytes are valid for the duration of the call.
        unsafe kw_write_if_room(STDERR_FILENO, start, bytes.count)
    }
}
