// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

// Bytes over a connected stream socket, without waiting.

extension Descriptor {
    /// Sends what the socket has room for of `bytes` from `start` on.
    /// - Returns: how many bytes; 0 when there is no room.
    package func send(_ bytes: [UInt8], from start: Int) throws(Errno) -> Int {
        guard start < bytes.count else { return 0 }
        let flags = CInt(MSG_NOSIGNAL | MSG_DONTWAIT)
        // SAFETY: the pointer is valid for the bytes from `start` on during the call.
        let sent = unsafe bytes.withUnsafeBytes { bytes in
            unsafe Glibc.send(number, bytes.baseAddress.map { unsafe $0 + start }, bytes.count - start, flags)
        }
        return try checked(sent) ?? 0
    }

    /// Appends what has arrived to `bytes`, `limit` bytes at most.
    /// - Returns: how many bytes; 0 at the end, `nil` when nothing has arrived.
    package func receive(into bytes: inout [UInt8], limit: Int) throws(Errno) -> Int? {
        var (count, error) = (0, Errno(rawValue: 0))
        // SAFETY: the buffer has `limit` bytes, of which the first `count` have been written.
        let received = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
            unsafe count = recv(number, buffer.baseAddress, limit, CInt(MSG_DONTWAIT))
            error = .last
            initialized = max(count, 0)
        }
        bytes += received
        return try checked(count, error)
    }

    private func checked(_ count: Int, _ error: Errno = .last) throws(Errno) -> Int? {
        if count >= 0 { return count }
        guard error == .resourceTemporarilyUnavailable || error == .interrupted else { throw error }
        return nil
    }
}
