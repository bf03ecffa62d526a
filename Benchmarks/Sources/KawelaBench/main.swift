// SPDX-License-Identifier: Apache-2.0

import CBench
import Foundation

// A line at a time, in a file too: a measurement takes long.
cb_write_lines()
do {
    try Command(Array(CommandLine.arguments.dropFirst())).run()
} catch {
    FileHandle.standardError.write(Data("error: \(error)\n".utf8))
    exit(1)
}
