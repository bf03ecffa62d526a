// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// How a call that moves bytes or messages ended.
enum Transfer: Equatable {
    case moved(Int)
    case wouldBlock
    case failed(Errno)

    /// Makes a system call, again when a signal interrupts it.
    @inline(__always)
    static func result(of call: () -> Int) -> Transfer {
        while true {
            let moved = call()
            if moved >= 0 { return .moved(moved) }
            switch Errno(rawValue: errno) {
            case .interrupted: continue
            case .resourceTemporarilyUnavailable: return .wouldBlock
            case let error: return .failed(error)
            }
        }
    }
}
