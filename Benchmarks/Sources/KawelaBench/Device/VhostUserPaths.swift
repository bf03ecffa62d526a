// SPDX-License-Identifier: Apache-2.0

import Backends
import CKawela
import Foundation
import HostTestSupport
import Intel82576
import KawelaGuest

/// Frames between the card and a vhost-user back end of this process.
///
/// What the back end does is not measured; it touches the same caches that the card does, as one on another processor would not.
enum VhostUserPaths {
    static func all() throws -> [Scenario] {
        var scenarios: [Scenario] = []
        for length in [60, 1514] {
            let frames = (0..<Driver.batch).map { Frames.udp($0, length: length, to: Frames.card) }
            scenarios.append(try transmit("tx \(length) B to vhost-user", length))
            scenarios.append(try transmit("tx \(length) B to null, for comparison", length, isConnected: false))
            scenarios.append(try receive("rx \(length) B from vhost-user", frames))
            scenarios.append(try receiveFromMemory("rx \(length) B from memory, for comparison", frames))
        }
        return scenarios
    }

    private static func connected() throws -> (any Backend, VhostUserBackEnd) {
        let path = "/tmp/kawela-bench-\(getpid()).vhost"
        let listener = kw_unix_bind(path, CInt(SOCK_STREAM.rawValue))
        defer {
            Glibc.close(listener)
            unlink(path)
        }
        let uplink = try BackendSpecification(parsing: "vhost-user:\(path)").open()
        let backEnd = VhostUserBackEnd(kw_accept(listener))
        for _ in 0..<100 where !uplink.isLinkUp {
            backEnd.serve()
            uplink.handleLinkEvent()
        }
        guard uplink.isLinkUp else { throw BenchError("no agreement with the back end: \(uplink.status)") }
        return (uplink, backEnd)
    }

    private static func transmit(_ name: String, _ length: Int, isConnected: Bool = true) throws -> Scenario {
        let (uplink, backEnd) = try connected()
        let device = try DevicePort(isConnected ? uplink : try BackendSpecification(parsing: "null").open())
        let frames = (0..<Driver.batch).map { Frames.udp($0, length: length, to: Frames.outside) }
        let batch = try TransmitBatch(frames, in: device.memory)
        let ring = try TransmitRing(device.driver)
        return Scenario(
            name: name, frames: batch.packets,
            prepare: {
                // As quick as the card: it has sent what it got before.
                while backEnd.availCount(VhostUserBackEnd.fromFront) > 0 {
                    backEnd.use(UInt32(backEnd.takeAvail(VhostUserBackEnd.fromFront)), 0, VhostUserBackEnd.fromFront)
                }
                backEnd.publish(VhostUserBackEnd.fromFront)
                ring.post(batch.descriptors)
            },
            run: {
                device.ring(ring.doorbell)
                device.run()
            },
            check: {
                try ring.checkDone(batch, batch.descriptors.count)
                guard !isConnected || backEnd.availCount(VhostUserBackEnd.fromFront) == batch.packets else {
                    throw BenchError("\(name): \(backEnd.availCount(VhostUserBackEnd.fromFront)) frames came")
                }
            })
    }

    private static func receive(_ name: String, _ frames: [[UInt8]]) throws -> Scenario {
        let (uplink, backEnd) = try connected()
        return try receive(name, frames, uplink) {
            for frame in frames {
                guard backEnd.send(frame) as Bool else { throw BenchError("\(name): the back end has no buffers") }
            }
            backEnd.publish(VhostUserBackEnd.toFront)
        }
    }

    private static func receiveFromMemory(_ name: String, _ frames: [[UInt8]]) throws -> Scenario {
        let uplink = MemoryUplink(frames)
        return try receive(name, frames, uplink) { uplink.isReady = true }
    }

    /// - Parameter send: has the uplink hold the frames.
    private static func receive(
        _ name: String, _ frames: [[UInt8]], _ uplink: any Uplink, send: @escaping () throws -> Void
    ) throws -> Scenario {
        let device = try DevicePort(uplink)
        try Variation.plain.applyToPort(device.driver)
        let ring = try ReceiveRing(device.driver, queue: 0)
        return Scenario(
            name: name, frames: frames.count,
            prepare: {
                ring.post(Driver.batch)
                device.ring(ring.doorbell)
                device.run()
                try send()
            },
            run: {
                let last = ring.status()
                while last.load(as: UInt32.self) & 1 == 0 { device.port.receiveFromUplink() }
                device.run()
            }, check: { try ring.check(frames[...], isVerified: true) })
    }
}

/// An uplink whose frames are there already, in memory of its own: what receiving costs without a wire.
private final class MemoryUplink: Uplink {
    let offloads: UplinkOffloads = []
    let isLinkUp = true, isCongested = false
    var isReady = false
    private let buffers: [UnsafeMutableRawBufferPointer]
    private var next = 0

    init(_ frames: [[UInt8]]) {
        buffers = frames.map { frame in
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: frame.count, alignment: 64)
            buffer.copyBytes(from: frame)
            return buffer
        }
    }

    deinit { for buffer in buffers { buffer.deallocate() } }

    func transmit(_ batch: inout FrameBatch) {}

    func receive(into batch: inout FrameBatch) {
        guard isReady else { return }
        while next < buffers.count, batch.append(buffers[next].baseAddress!, count: buffers[next].count) { next += 1 }
        if next == buffers.count { (next, isReady) = (0, false) }
    }
}
