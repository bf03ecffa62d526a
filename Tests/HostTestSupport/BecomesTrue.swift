// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Whether `condition` becomes true within 5 seconds.
package func becomesTrue(_ condition: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<500 {
        if try condition() { return true }
        usleep(10_000)
    }
    return false
}
