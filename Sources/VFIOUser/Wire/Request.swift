// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostSystem

/// A request at the front of the receive queue, where it stays until it has been handled.
///
/// A decoder checks the length once with ``require(payload:)``; after that its reads cannot fail.
struct Request {
    let header: Header
    let bytes: ByteQueue
    let descriptors: [Descriptor]

    var payloadSize: Int { header.payloadSize }

    @inline(__always)
    func load<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, at offset: Int) -> Value {
        bytes.load(type, at: Limits.headerSize &+ offset)
    }

    func require(payload size: Int) throws(Refusal) {
        if payloadSize != size { throw Refusal(EINVAL) }
    }

    func require(payloadOfAtLeast size: Int) throws(Refusal) {
        if payloadSize < size { throw Refusal(EINVAL) }
    }
}
