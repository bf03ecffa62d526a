// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

do {
    let run = try Run()
    let watch = Interruption(closing: run)
    do {
        try Demo(in: run).show()
        run.close()
    } catch {
        watch.waitIfInterrupted()
        run.close()
        throw error
    }
} catch {
    FileHandle.standardError.write(Data("error: \(error)\n".utf8))
    exit(1)
}
