// SPDX-License-Identifier: Apache-2.0

import Backends
import CBench
import Foundation

/// What ports of one process, each on a thread of its own, do together.
struct ThreadedPorts: Codable {
    /// Processors there were.
    var processors: Int
    /// Frames a second of one port alone, and of two together. A second is one in which the thread has a processor, so
    /// that other programs take none away; ports do not wait for each other, and caches they fought for would cost time.
    var alone, together: Double

    /// 60-byte frames to null. The rounds of one and of two ports alternate, so that a change of the machine's pace falls
    /// on both; the better half of rounds counts.
    static func measure(seconds: Double) throws -> ThreadedPorts {
        let lanes = try (0..<2).map { _ in try Lane() }
        let rounds = 10
        var (one, two) = ([Double](), [Double]())
        for _ in 0..<rounds {
            one.append(try rate(lanes.prefix(1), seconds: seconds / Double(2 * rounds)))
            two.append(try rate(lanes.prefix(2), seconds: seconds / Double(2 * rounds)))
        }
        return ThreadedPorts(
            processors: ProcessInfo.processInfo.activeProcessorCount, alone: betterHalf(one), together: betterHalf(two))
    }

    /// For the report and the terminal.
    var sentence: String {
        let ratio = String(format: "%.2f", together / alone)
        let place = processors == 1 ? " That is by processor time: there is one processor here." : ""
        return "One port sends \(figure(alone / 1e6)) million frames of 60 B to null in a second of its thread, "
            + "two on two threads \(figure(together / 1e6)) million: \(ratio) times as many.\(place)"
    }

    private static func rate(_ lanes: ArraySlice<Lane>, seconds: Double) throws -> Double {
        let end = cb_now() + UInt64(seconds * 1e9)
        let group = DispatchGroup()
        for lane in lanes {
            let thread = Thread { [lane] in
                lane.send(until: end)
                group.leave()
            }
            group.enter()
            thread.start()
        }
        group.wait()
        return try lanes.reduce(0) { try $0 + $1.takeRate() }
    }

    private static func betterHalf(_ rates: [Double]) -> Double {
        let half = rates.sorted().suffix((rates.count + 1) / 2)
        return half.reduce(0, +) / Double(half.count)
    }
}

/// A port and its driver. One thread at a time uses it.
private final class Lane: @unchecked Sendable {
    private let device: DevicePort
    private let ring: TransmitRing
    private let batch: TransmitBatch
    private var (sent, nanoseconds) = (0, UInt64(0))

    init() throws {
        device = try DevicePort(try BackendSpecification(parsing: "null").open(), megabytes: 8)
        let frames = (0..<Driver.batch).map { Frames.udp($0, length: 60, to: Frames.outside) }
        batch = try TransmitBatch(frames, in: device.memory)
        ring = try TransmitRing(device.driver)
    }

    func send(until end: UInt64) {
        let start = processorTime()
        repeat {
            ring.post(batch.descriptors)
            device.ring(ring.doorbell)
            device.run()
            sent += Driver.batch
        } while cb_now() < end
        nanoseconds += processorTime() - start
    }

    /// Frames a second since the last call.
    func takeRate() throws -> Double {
        try ring.checkDone(batch, batch.descriptors.count)
        defer { (sent, nanoseconds) = (0, 0) }
        return Double(sent) / Double(nanoseconds) * 1e9
    }
}

/// Of this thread, in nanoseconds.
private func processorTime() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
