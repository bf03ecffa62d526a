// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Data there and back.
extension Station {
    /// Sends `kilobytes` of random data over TCP to `other`, who sends it back at once, and compares: each byte crosses
    /// the card in both directions.
    /// - Parameter address: where to reach `other`, unless at its own address.
    /// - Returns: whether the same data came back.
    public func exchange(
        with other: Station, at address: String? = nil, kilobytes: Int = 2048, seconds: Int = 40
    ) throws -> Bool {
        let port = Self.freePort()
        try other.start("timeout 60 busybox nc -l -p \(port) -e cat")
        let script = """
            file=/tmp/exchange-\(kilobytes)
            [ -e $file ] || head -c \(kilobytes << 10) /dev/urandom >$file
            busybox nc \(address ?? other.address) \(port) <$file | cmp - $file
            """
        for _ in 0..<20 {
            let result = try attempt(script, seconds: seconds)
            guard result.output.contains("refused") else { return result.succeeded }
            usleep(100_000)
        }
        return false
    }
}
