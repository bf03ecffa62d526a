// SPDX-License-Identifier: Apache-2.0

import Intel82576

// Backends: where the wire of a port ends on the host.
//
//     tap:NAME               an existing TAP interface, with offloads both ways (virtio-net header)
//     tap:NAME,vhost=on      the same by the kernel's vhost-net: queues in shared memory in place of a system call a frame
//     packet:NAME            any Ethernet interface, by a packet socket, with the same offloads
//     stream:PATH[,server]   a UNIX stream socket: QEMU's `-netdev stream`, passt; stream:tcp:HOST:PORT[,server] over TCP
//     dgram:LOCAL:REMOTE     a pair of UNIX datagram sockets: QEMU's `-netdev dgram`; dgram:udp:HOST:PORT,HOST:PORT by UDP
//     vhost-user:PATH[,server]   a vhost-user back end: OVS-DPDK, DPDK's `net_vhost`
//     null, loopback         nobody, oneself
//     pcap:FILE[,SPEC]       a capture file around any of them
//
// A `FaultBackend` goes around any of them, for faults on purpose.
//
// Not implemented: names of hosts, descriptors inherited from a parent, several queues of one TAP interface or vhost-user
// back end, macvtap, creating a TAP interface, addresses in Linux' abstract socket namespace.

/// An uplink with something to wait for. Single-threaded, driven by the event loop of its owner.
public protocol Backend: Uplink {
    /// The descriptor to poll, level-triggered; -1 when there is nothing to wait for. It may change with any call.
    ///
    /// A new descriptor never has the number of the one before, which stays open until the change after it.
    var descriptor: CInt { get }
    /// Wait for the descriptor to be writable too (it is always waited for to be readable).
    var wantsWritable: Bool { get }
    /// The descriptor is readable and ``Uplink/receive(into:)`` does not apply (connecting, accepting), or writable.
    /// Called on every event before `receive`.
    func handleEvent()
    /// A second descriptor to poll, readable when the link may have come or gone without the first one saying so; -1 when
    /// there is none.
    var linkDescriptor: CInt { get }
    /// ``linkDescriptor`` is readable.
    func handleLinkEvent()
    /// Frames and bytes sent, received and dropped, by reason.
    var counters: [(name: String, value: UInt64)] { get }
    /// One line for people: what is connected or waited for, why the last connection or the capture ended.
    var status: String { get }
    /// Closes descriptors, removes socket files this backend made, flushes files.
    func close()
}

extension Backend {
    public var status: String { "" }
    public var linkDescriptor: CInt { -1 }
    public func handleLinkEvent() {}
}

/// Bytes of the longest frame that crosses a backend: 64 KiB of IP packet behind an Ethernet header.
let maximumFrameLength = 65_550
