// SPDX-License-Identifier: Apache-2.0

import Backends
import CBench
import CKawela
import Foundation
import Intel82576
import KawelaGuest

/// Whole paths through the device, doorbell to write-back.
enum Paths {
    static func portable() throws -> [Scenario] {
        let null = try BackendSpecification(parsing: "null").open()
        return [
            try transmit("tx 60 B to null", 60, to: null),
            try transmit("tx 1514 B with checksums to null", 1514, options: TransmitBatch.checksums, to: null),
            try segmentation("tso 64 KB cut in software to null", to: null),
            try segmentation("tso 64 KB handed over", to: OffloadingNull()),
            try pools("vf to vf 60 B, 8 VFs send an eighth each", 60, senders: 8, batch: Driver.ringSize / 8 - 1),
            try pools("vf to vf 1514 B, 8 VFs send an eighth each", 1514, senders: 8, batch: Driver.ringSize / 8 - 1),
            try pools("vf to vf 60 B, 8 VFs send as much each", 60, senders: 8),
            try pools("vf to vf 1514 B, 8 VFs send as much each", 1514, senders: 8),
            try ports("tx 60 B to null, 8 ports in turn", 8),
        ] + (try variations())
    }

    /// Rows whose frames or card differ in one thing from the first of them.
    private static func variations() throws -> [Scenario] {
        var scenarios: [Scenario] = []
        for length in [60, 1514] {
            for variation in Variation.allCases {
                scenarios.append(
                    try pools(variation.name("vf to vf", length), length, senders: 1, variation: variation))
            }
            for variation in [Variation.plain, .ipv6, .tagged, .etherTypeFilter] {
                let name = variation.name("rx", length, " from a UNIX stream, checksums verified")
                scenarios.append(try receive(name, length, variation))
            }
            scenarios.append(try receive("rx \(length) B from a UNIX stream to a pool", length, .plain, pool: 3))
        }
        return scenarios
    }

    /// - Parameter tap: an interface in the network namespace at `namespace`.
    static func toTAP(_ tap: String, namespace: String) throws -> [Scenario] {
        let back = cb_enter_namespace(namespace)
        guard back >= 0 else { throw BenchError("cannot enter \(namespace)") }
        let uplink = try BackendSpecification(parsing: "tap:\(tap)").open()
        cb_leave_namespace(back)
        return [
            try transmit("tx 1514 B to TAP", 1514, to: uplink, isPortable: false),
            try segmentation("tso 64 KB to TAP with virtio-net header", to: uplink, isPortable: false),
            Floors.write(
                "floor: writev of 1514 B to TAP", unit: "frame", frames(1514, to: Frames.outside), segmentSize: 0,
                to: uplink.descriptor),
            Floors.write(
                "floor: writev of 64 KB to TAP with virtio-net header", unit: "packet",
                (0..<Driver.batch / 3).map(Frames.largeTCP), segmentSize: UInt16(Frames.segmentSize),
                to: uplink.descriptor),
            Floors.copy(1514), Floors.copy(65226),
        ]
    }

    private static func frames(_ length: Int, to destination: [UInt8], isComplete: Bool = true) -> [[UInt8]] {
        (0..<Driver.batch).map { Frames.udp($0, length: length, to: destination, isComplete: isComplete) }
    }

    private static func transmit(
        _ name: String, _ length: Int, options: UInt64 = 0, to uplink: any Uplink, isPortable: Bool = true
    ) throws -> Scenario {
        let device = try DevicePort(uplink)
        let batch = try TransmitBatch(
            frames(length, to: Frames.outside, isComplete: options == 0), options: options, in: device.memory)
        return try transmit(name, batch, isLarge: false, device, isPortable)
    }

    private static func segmentation(_ name: String, to uplink: any Uplink, isPortable: Bool = true) throws -> Scenario
    {
        let device = try DevicePort(uplink)
        let batch = try TransmitBatch(large: (0..<Driver.batch / 3).map(Frames.largeTCP), in: device.memory)
        return try transmit(name, batch, isLarge: true, device, isPortable)
    }

    private static func transmit(
        _ name: String, _ batch: TransmitBatch, isLarge: Bool, _ device: DevicePort, _ isPortable: Bool
    ) throws -> Scenario {
        let ring = try TransmitRing(device.driver)
        ring.post([TransmitBatch.context(isLarge: isLarge)])
        device.ring(ring.doorbell)
        device.run()
        return Scenario(
            name: name, unit: isLarge ? "packet" : "frame", frames: batch.packets, isPortable: isPortable,
            prepare: { ring.post(batch.descriptors) },
            run: {
                device.ring(ring.doorbell)
                device.run()
            }, check: { try ring.checkDone(batch, batch.descriptors.count) })
    }

    /// VF n sends `batch` frames to VF n + 1, of 8. Rings are as large as the batch: what differs with more senders is not
    /// how much memory is gone through.
    private static func pools(
        _ name: String, _ length: Int, senders: Int, batch: Int = Driver.batch, variation: Variation = .plain
    ) throws -> Scenario {
        let device = try DevicePort(try BackendSpecification(parsing: "null").open(), virtualFunctions: 8)
        try device.enableVirtualFunctions()
        try device.driver.enablePools(8)
        try variation.applyToPools(device.driver)
        let lanes = try (0..<senders).map { sender in
            let receiver = (sender + 1) % 8
            let frames = (0..<batch).map {
                variation.frame($0, length: length, to: Frames.pool(receiver), from: Frames.pool(sender))
            }
            return (
                frames: frames, batch: try TransmitBatch(frames, in: device.memory),
                transmit: try TransmitRing(device.driver, queue: sender),
                receive: try ReceiveRing(device.driver, queue: receiver, size: batch + 1)
            )
        }
        return Scenario(
            name: name, frames: batch * senders,
            prepare: {
                for lane in lanes {
                    lane.receive.post(batch)
                    device.ring(lane.receive.doorbell)
                    lane.transmit.post(lane.batch.descriptors)
                }
                device.run()
            },
            run: {
                for lane in lanes { device.ring(lane.transmit.doorbell) }
                device.run()
            },
            check: { for lane in lanes { try lane.receive.check(lane.frames[...], isVerified: false) } })
    }

    /// Frames that wait in a socket's buffer.
    /// - Parameter pool: the pool they are for; `nil` for a card without pools.
    private static func receive(
        _ name: String, _ length: Int, _ variation: Variation, pool: Int? = nil
    ) throws -> Scenario {
        let (uplink, sender) = try connectedStream()
        let device = try DevicePort(uplink)
        if pool == nil { try variation.applyToPort(device.driver) } else { try device.driver.enablePools(8) }
        let ring = try ReceiveRing(device.driver, queue: pool ?? 0)
        let frames = (0..<Driver.batch).map {
            variation.frame(
                $0, length: length, to: pool.map(Frames.pool) ?? Frames.card, from: Frames.outside)
        }
        let bytes = StreamSender.framed(frames[...])
        return Scenario(
            name: name, frames: frames.count,
            prepare: {
                ring.post(Driver.batch)
                device.ring(ring.doorbell)
                device.run()
                try sender.send(bytes)
            },
            run: {
                let last = ring.status()
                while last.load(as: UInt32.self) & 1 == 0 { device.port.receiveFromUplink() }
                device.run()
            }, check: { try ring.check(frames[...], isVerified: true) })
    }

    private static func connectedStream() throws -> (any Backend, StreamSender) {
        let listener = try StreamListener()
        defer { listener.close() }
        let uplink = try BackendSpecification(parsing: "stream:\(listener.path)").open()
        let sender = try listener.accept()
        uplink.handleEvent()
        return (uplink, sender)
    }

    /// Kilobytes of the process's own memory that a port more takes, guest RAM not counted.
    static func memoryOfPort() throws -> Int {
        let count = 16
        let uplinks = try (0..<count).map { _ in try BackendSpecification(parsing: "null").open() }
        let before = anonymousKilobytes()
        let devices = try uplinks.map { try DevicePort($0, megabytes: 1) }
        let after = anonymousKilobytes()
        return withExtendedLifetime(devices) { (after - before) / count }
    }

    private static func anonymousKilobytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    /// Many ports of one process, each with a batch.
    private static func ports(_ name: String, _ count: Int) throws -> Scenario {
        let all = try (0..<count).map { _ in
            let device = try DevicePort(try BackendSpecification(parsing: "null").open(), megabytes: 8)
            let batch = try TransmitBatch(frames(60, to: Frames.outside), in: device.memory)
            return (device: device, ring: try TransmitRing(device.driver), batch: batch)
        }
        return Scenario(
            name: name, frames: Driver.batch * count,
            prepare: { for each in all { each.ring.post(each.batch.descriptors) } },
            run: {
                for each in all {
                    each.device.ring(each.ring.doorbell)
                    each.device.run()
                }
            }, check: { for each in all { try each.ring.checkDone(each.batch, each.batch.descriptors.count) } })
    }
}
