// SPDX-License-Identifier: Apache-2.0

// The server side of vfio-user: serves one PCIe function over a UNIX stream socket to one client at a time.
//
// Written against the vfio-user specification (QEMU docs/interop/vfio-user.rst, protocol 0.0) and checked with the
// client in QEMU 10.1 to 11.1 (`vfio-user-pci`). All integers on the wire are little-endian.
//
//   Server      the listening socket and the client's coming and going
//   Session     one connection: receives, dispatches, replies; the function's host
//   Wire        message layouts. Lengths are checked when a message is decoded, so handlers cannot read past one
//   Interrupts  which eventfd belongs to which vector, what is pending or masked
//   Transport   what a session needs of a socket
//   System      system calls and raw memory. The only folder that steps outside memory safety
//
// Not implemented: migration (DEVICE_FEATURE, MIG_DATA_READ, MIG_DATA_WRITE), dirty page tracking, ioeventfds
// (DEVICE_GET_REGION_IO_FDS), twin sockets, the error and request interrupts.

/// Sizes both sides agree on, and bounds on what a client can make the server hold or do.
enum Limits {
    static let headerSize = 16
    /// `max_data_xfer_size`: data bytes of one region or DMA message. Registers are a few bytes wide and frames below
    /// 16 KiB, so the specification's default of 1 MiB would only make a single message cost more. A region message has
    /// more where an expansion ROM is larger.
    static let transferSize = 65_536
    /// `max_msg_fds`. QEMU accepts no more than 16.
    static let descriptorsPerMessage = 16
    /// Descriptors held for messages that were received but not handled yet.
    static let heldDescriptors = 64
    /// Entries of a REGION_WRITE_MULTI; QEMU's array has as many.
    static let writesPerMessage = 200
    static let versionTextSize = 4096
    static let versionTextDepth = 8
    static func messageSize(_ transferSize: Int) -> Int { headerSize + 16 + transferSize }
    /// Received bytes not handled yet. Holds two messages of the largest size.
    static func inputCapacity(_ transferSize: Int) -> Int { 2 * transferSize + 4096 }
    /// Sent bytes the client has not read yet, besides what the socket holds. Holds two replies of the largest size.
    static func outputCapacity(_ transferSize: Int) -> Int { max(1 << 20, 2 * messageSize(transferSize)) }
    static let messagesPerTurn = 256
    /// Time for messages in a turn, after which the remaining ones wait for the next: some kinds take a thousand times what
    /// others do.
    static let messageTimePerTurn = Duration.microseconds(100)
    /// How long a reply to a message of ours may take: as long as others can wait.
    static let replyTime = Duration.milliseconds(3)
    /// Waiting for replies that a client can cause at once: what a ``WaitBudget`` holds.
    static let waitBudgetBurst = Duration.milliseconds(3)
    /// One part in how many of the time a client can cause such waiting in the long run.
    static let waitBudgetShare = 4
    /// The smallest `max_data_xfer_size` a client may have: with less, one frame is hundreds of messages.
    static let smallestTransferSize: UInt64 = 4096
    /// How long a client may take for its first message, once another one wants its place.
    static let versionTime = Duration.seconds(5)
    /// How long a client waits for the place of another that may have ended: the kernel can close the sockets of a process
    /// some time after its end (those that its io_uring polls).
    static let placeTimeMilliseconds = 3000
    /// How long nobody is served after a client whose eventfd blocked: each such client costs milliseconds of everybody's.
    static let blockingPause = Duration.seconds(1)
    /// Requests of ours given up on whose reply may still come.
    static let abandonedRequests = 64
}

/// Why a request gets an error reply.
struct Refusal: Error, Equatable {
    /// An errno value of the host.
    let code: CInt

    init(_ code: CInt) { self.code = code }
}
