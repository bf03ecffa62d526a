// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Whether `condition` becomes true within 5 seconds.
package func becomesTrue(_ condition: () -> Bool) -> Bool {
    for _ in 0..<500 {
        if condition() { return true }
        usleep(10_000)
    }
    return false
}
