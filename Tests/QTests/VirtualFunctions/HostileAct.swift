// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Foundation
import KawelaGuest
import Testing

/// Something a machine does that others must not notice, a short while of it. Repeated as long as the others' frames are
/// watched.
struct HostileAct: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let perform: @Sendable (VFDriver, inout RandomWords) throws -> Void

    init(_ description: String, _ perform: @escaping @Sendable (VFDriver, inout RandomWords) throws -> Void) {
        (testDescription, self.perform) = (description, perform)
    }

    /// What a driver does with its own VF, for as long as it likes.
    static let all: [HostileAct] = [flood, floodSelf] + resets + malformed + [registers, mailbox, nonsense]
}

// MARK: Too much

extension HostileAct {
    static let flood = HostileAct("floods the wire") { driver, _ in
        for number in 0..<16 { try driver.transmit(batch(number, from: driver, to: VFBench.outside)) }
    }

    static let floodSelf = HostileAct("floods the switch with frames to itself") { driver, _ in
        for number in 0..<16 { try driver.transmit(batch(number, from: driver, to: driver.mac)) }
    }

    private static func batch(_ number: Int, from driver: VFDriver, to destination: [UInt8]) -> [[UInt8]] {
        frames(number * 100, VFDriver.slots - 1, from: driver.mac, to: destination)
    }

    static let mailbox = HostileAct("floods the mailbox") { driver, _ in
        for _ in 0..<64 {
            try driver.write(VFMAILBOX.self, VFDriver.MailboxBits.request | VFDriver.MailboxBits.acknowledge)
        }
    }

    static let nonsense = HostileAct("sends nonsense through the mailbox") { driver, random in
        for _ in 0..<32 {
            for word in 0..<16 {
                try driver.write(offset: VFDriver.offset(VMBMEM.self, word), random.next32())
            }
            // Mostly a request that exists, with arguments that do not.
            let kind = UInt32(random.next() % 8) | random.next32() & 0x00FF_0000
            try driver.write(VMBMEM.self, kind)
            try driver.write(VFMAILBOX.self, random.next32() & 7 | 1)
        }
    }
}

// MARK: Resets and registers

extension HostileAct {
    static let resets = [
        HostileAct("resets its VF") { driver, _ in
            try driver.post(frames(1, 32, from: driver.mac, to: VFBench.outside))
            for _ in 0..<32 { try driver.write(PVTCTRL.self, 1 << 26) }
            try driver.start()
        },
        HostileAct("resets its function") { driver, _ in
            try driver.post(frames(1, 32, from: driver.mac, to: VFBench.outside))
            let deviceControl = try driver.function.bridge.capability(0x10, of: driver.function.config) + 8
            try driver.qtest.write16(deviceControl, 0x8000)
            try driver.qtest.write16(driver.function.config + 4, 0x0006)
            try driver.function.bridge.qtest.write32(
                driver.function.config + 0x10, UInt32(driver.function.address(inBAR: 0, offset: 0)))
            try driver.start()
        },
    ]

    static let registers = HostileAct("writes random registers") { driver, random in
        for _ in 0..<256 {
            let bar = random.next() % 4 == 0 ? 3 : 0
            let offset = random.next() % UInt64(VFDriver.spaceSize / 4) * 4
            try driver.qtest.write32(driver.function.address(inBAR: bar, offset: offset), random.next32())
        }
        // And the rings', which few of those are.
        for _ in 0..<64 {
            let block = random.next() % 2 == 0 ? VFDriver.offset(RDBAL.self) : VFDriver.offset(TDBAL.self)
            try driver.write(offset: block + random.next() % 2 * 0x100 + random.next() % 16 * 4, random.next32())
        }
    }
}

// MARK: Descriptors and rings

extension HostileAct {
    static let malformed = [
        HostileAct("sends random descriptors") { driver, random in
            for _ in 0..<8 {
                for _ in 0..<37 { driver.put(random.next(), random.next()) }
                try driver.ringDoorbell()
            }
        },
        HostileAct("sends nearly right descriptors") { driver, random in
            for _ in 0..<8 {
                for _ in 0..<37 { driver.put(random.address(), driver.control(60) ^ random.fewBits()) }
                try driver.ringDoorbell()
            }
        },
        HostileAct("sends lengths that contradict each other") { driver, random in
            for _ in 0..<8 {
                for _ in 0..<19 {
                    let bits: UInt64 = driver.control(0) | (random.next() & 1) << 31
                    driver.put(random.next(), 1 << 29 | 2 << 20 | random.next() & 0xFFFF_FF00_0000_0000)
                    driver.put(VFDriver.transmitBuffers, bits | random.next() & 0xFFFF | random.next() << 46)
                }
                try driver.ringDoorbell()
            }
        },
        HostileAct("sends packets without end") { driver, _ in
            let endless = driver.control(1500) & ~(1 << 24)
            for _ in 0..<8 {
                for _ in 0..<(VFDriver.slots - 1) { driver.put(VFDriver.transmitBuffers, endless) }
                try driver.ringDoorbell()
            }
        },
        HostileAct("sends from buffers outside its RAM") { driver, _ in
            let end = UInt64(VFMachine.megabytes) << 20
            for _ in 0..<8 {
                for address in [end, end - 30, .max, .max - 59, 1 << 63, 0xC000_0000, 0xFEE0_0000] {
                    driver.put(address, driver.control(60))
                }
                try driver.ringDoorbell()
            }
        },
        HostileAct("sends from ROM, and makes QEMU wait so that it cannot hand out the ROM") { driver, _ in
            for _ in 0..<37 { driver.put(0xFFFF_0000, driver.control(60)) }
            try driver.write(TDT.self, UInt32(driver.transmitTail))
            for _ in 0..<10 { _ = try driver.read(PVTSTATUS.self) }
        },
        HostileAct("receives into buffers outside its RAM") { driver, random in
            for slot in 0..<VFDriver.slots {
                driver.ram.write(random.address(), at: VFDriver.receiveRing + UInt64(slot * 16))
            }
            try driver.transmit(frames(1, 40, from: driver.mac, to: driver.mac))
            try driver.write(RDT.self, UInt32(random.next() % 64))
        },
        HostileAct("has rings at senseless places and of senseless lengths") { driver, random in
            for block in [VFDriver.offset(TDBAL.self), VFDriver.offset(RDBAL.self)] {
                try driver.setUp(block: block, random.address(), length: random.next32())
                try driver.write(offset: block + 0x28, 1 << 25 | random.next32())
                for register in [0x10, 0x18] as [UInt64] {
                    try driver.write(offset: block + register, random.next32())
                }
            }
            usleep(500)
        },
    ]
}

extension VFDriver {
    /// Rings the doorbell and lets the device do something about it.
    func ringDoorbell() throws {
        try write(TDT.self, UInt32(transmitTail))
        usleep(300)
    }
}

/// The same random numbers in each run.
struct RandomWords: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }

    mutating func next32() -> UInt32 { UInt32(truncatingIfNeeded: next() >> 32) }

    /// One to three bits.
    mutating func fewBits() -> UInt64 { 1 << (next() % 64) | 1 << (next() % 64) | 1 << (next() % 64) }

    /// In RAM or near its ends, misaligned, or anywhere.
    mutating func address() -> UInt64 {
        let end = UInt64(VFMachine.megabytes) << 20
        return switch next() % 4 {
        case 0: end &- 64 &+ next() % 128
        case 1: next() % end
        case 2: (0xFFFF_0000 as UInt64) + next() % 0x2_0000
        default: next()
        }
    }
}
