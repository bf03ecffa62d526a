// SPDX-License-Identifier: Apache-2.0

/// Watches the transmit descriptors of a port's queues. Called in the port's thread, once for each run of a queue.
protocol DescriptorObserver: AnyObject {
    /// The run has fetched its descriptors, and none of them is a packet yet. What the last run left in the ring without
    /// an end is among them again.
    func observeDescriptors(of transmit: borrowing Transmit)
}
