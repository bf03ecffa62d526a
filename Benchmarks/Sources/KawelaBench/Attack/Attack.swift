// SPDX-License-Identifier: Apache-2.0

import CKawela
import Foundation
import Intel82576

/// Something a hostile VF's guest or client does without pause, on the socket at a path, until told to stop.
struct Attack: Sendable {
    var name: String
    var run: @Sendable (_ path: String, _ isOver: () -> Bool) throws -> Void

    static let all: [Attack] =
        [
            Attack(name: "none") { _, isOver in while !isOver() { usleep(10_000) } },
            Attack(name: "none, but a busy loop on another processor") { _, isOver in while !isOver() {} },
        ] + guest + client

    // MARK: A guest alone

    private static let guest: [Attack] = [
        segments("TSO of 256 KB with MSS 1 to everybody", size: 1, to: everybody),
        segments("TSO of 256 KB with MSS 8 to everybody", size: 8, to: everybody),
        segments("TSO of 256 KB with MSS 8 to the wire", size: 8, to: Frames.outside),
        segments("TSO of 256 KB with MSS 1460 to everybody", size: 1460, to: everybody),
        Attack(name: "frames of 60 B to the wire, two queues") { path, isOver in
            try flood(RawFunction(path), Frames.udp(0, length: 60, to: Frames.outside), isOver)
        },
        Attack(name: "frames of 1514 B to everybody, two queues") { path, isOver in
            try flood(RawFunction(path), Frames.udp(0, length: 1514, to: everybody), isOver)
        },
        writes("VTCTRL.RST by REGION_WRITE_MULTI", RawFunction.offset(PVTCTRL.self), 1 << 26),
        writes("mailbox requests by REGION_WRITE_MULTI", RawFunction.offset(VFMAILBOX.self), 1),
    ]

    private static let everybody = [UInt8](repeating: 0xFF, count: 6)

    /// Both rings full of one frame all the time.
    private static func flood(_ function: RawFunction, _ frame: [UInt8], _ isOver: () -> Bool) throws {
        var frame = frame
        frame.replaceSubrange(6..<12, with: function.mac)
        function.write(frame, at: 0x8_0000)
        let count = RawFunction.ringCount
        for queue in 0..<2 {
            for index in 0..<count {
                function.store(0x8_0000, RawFunction.data(frame.count), at: queue << 16 + index * 16)
            }
            try function.startTransmit(queue, base: queue << 16)
        }
        var tail = 0
        while !isOver() {
            tail = (tail + count - 1) % count
            for queue in 0..<2 { function.tail(queue, tail) }
            _ = try function.client.read(RawFunction.offset(PVTSTATUS.self))
        }
    }

    /// Both rings full of the largest packets, cut into segments of `size` bytes.
    private static func segments(_ name: String, size: UInt64, to destination: [UInt8]) -> Attack {
        Attack(name: name) { path, isOver in
            let function = try RawFunction(path)
            let header = Array(Frames.largeTCP(0)[..<54])
            var bytes = destination + function.mac + header[12...]
            bytes[46] = 0x50
            function.write(bytes, at: 0x8_0000)
            let payload = 0x3FFFF
            // Context: DTYP 2, DEXT, TCP over IPv4, lengths 14, 20 and 20.
            var packet: [(UInt64, UInt64)] = [
                (20 | 14 << 9, 1 << 10 | 1 << 11 | 2 << 20 | 1 << 29 | 20 << 40 | size << 48)
            ]
            var (left, address) = (payload + 54, UInt64(0x8_0000))
            while left > 0 {
                let count = min(left, 65535)
                left -= count
                let command = UInt64(1 << 29 | 1 << 31 | (left == 0 ? 1 << 24 | 1 << 27 : 0))
                packet.append((address, UInt64(count) | 3 << 20 | command | 3 << 40 | UInt64(payload) << 46))
                address += UInt64(count)
            }
            let count = 504
            for queue in 0..<2 {
                for index in 0..<count {
                    let (low, high) = packet[index % packet.count]
                    function.store(low, high, at: queue << 16 + index * 16)
                }
                try function.startTransmit(queue, base: queue << 16)
            }
            for queue in 0..<2 { function.tail(queue, count / packet.count * packet.count) }
            while !isOver() { usleep(10_000) }
        }
    }

    private static func writes(_ name: String, _ offset: Int, _ value: UInt64) -> Attack {
        Attack(name: name) { path, isOver in
            let function = try RawFunction(path)
            let entries = (0..<200).flatMap { _ in RawClient.access(offset, 0, 4) + littleEndian(value) }
            let message = RawClient.posted(.regionWriteMulti, littleEndian(UInt64(200)) + entries)
            while !isOver(), function.client.send(message) {}
        }
    }
}

// MARK: A client

extension Attack {
    private static let client: [Attack] = [
        Attack(name: "DMA by messages, answered at once") { path, isOver in try answer(path, after: 0, isOver) },
        Attack(name: "DMA by messages, answered after 150 us") { path, isOver in try answer(path, after: 150, isOver) },
        Attack(name: "DMA by messages, never answered") { path, isOver in
            while !isOver() { try? answer(path, after: nil, isOver) }
        },
        Attack(name: "65,000 ranges, and maps and unmaps below them") { path, isOver in
            let client = try RawFunction(path).client
            for index in 0..<65_000 as Range<UInt64> {
                client.post(.dmaMap, RawClient.map(1 << 40 + index << 13, 4096))
            }
            let pair =
                RawClient.posted(.dmaMap, RawClient.map(1 << 39, 4096))
                + RawClient.posted(.dmaUnmap, RawClient.unmap(1 << 39, 4096))
            let many = (0..<256).flatMap { _ in pair }
            while !isOver(), client.send(many) {}
        },
        Attack(name: "a new file for each map") { path, isOver in
            let client = try RawFunction(path).client
            while !isOver() {
                let file = kw_memfd("new")
                ftruncate(file, 4096)
                client.post(.dmaMap, RawClient.map(1 << 39, 4096), descriptors: [file])
                close(file)
                client.post(.dmaUnmap, RawClient.unmap(1 << 39, 4096))
            }
        },
        Attack(name: "configuration space, 4 KB a message") { path, isOver in
            let client = try RawFunction(path).client
            let payload =
                RawClient.access(0, RawClient.configurationRegion, 4096) + [UInt8](repeating: 0, count: 4096)
            let message = RawClient.posted(.regionWrite, payload)
            while !isOver(), client.send(message) {}
        },
        Attack(name: "function resets by DEVICE_RESET") { path, isOver in
            let client = try RawFunction(path).client
            let many = (0..<64).flatMap { _ in RawClient.posted(.deviceReset, []) }
            while !isOver(), client.send(many) {}
        },
        Attack(name: "an eventfd that blocks") { path, isOver in while !isOver() { try? blockEvent(path) } },
        Attack(name: "guest memory that is cut off while it is used") { path, isOver in
            while !isOver() { try? truncateMemory(path) }
        },
        Attack(name: "connections that come and go") { path, isOver in while !isOver() { _ = try? RawClient(path) } },
    ]

    /// Rings and buffers without a file; each request is answered `delay` microseconds after it came.
    private static func answer(_ path: String, after delay: Int?, _ isOver: () -> Bool) throws {
        let function = try RawFunction(path, isShared: false)
        let (client, count) = (function.client, RawFunction.ringCount)
        function.write(Frames.udp(0, length: 600, from: function.mac), at: 0x8_0000)
        for index in 0..<count { function.store(0x8_0000, RawFunction.data(600), at: index * 16) }
        func serve(_ request: RawClient.Message) {
            guard let delay else { return }
            let end = DispatchTime.now().uptimeNanoseconds + UInt64(delay) * 1000
            while DispatchTime.now().uptimeNanoseconds < end {}
            let address = request.payload.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
            let count = request.payload.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self) }
            // The probe for the layout of messages asks for far too much.
            guard count < 1 << 20, address < UInt64(RawFunction.memorySize) - count else {
                client.send(
                    littleEndian(request.id) + littleEndian(request.command) + littleEndian(UInt32(16))
                        + littleEndian(UInt32(0x21)) + littleEndian(UInt32(EINVAL)))
                return
            }
            let fixed = Array(request.payload[..<16])
            guard request.command == RawClient.Command.dmaRead.rawValue else { return client.reply(to: request, fixed) }
            let data = UnsafeRawBufferPointer(start: function.memory + Int(address), count: Int(count))
            client.reply(to: request, fixed + data)
        }
        client.onRequest = serve
        for queue in 0..<2 { try function.startTransmit(queue) }
        var tail = 0
        while !isOver() {
            tail = (tail + count - 1) % count
            for queue in 0..<2 { function.tail(queue, tail) }
            // Its requests are served while its reply is waited for.
            _ = try client.read(RawFunction.offset(PVTSTATUS.self))
        }
    }

    private static func blockEvent(_ path: String) throws {
        let client = try RawClient(path)
        let event = eventfd(0, CInt(EFD_CLOEXEC))
        defer { close(event) }
        let vector = [UInt32(20), 0x24, 2, 0, 1].flatMap(littleEndian)
        try client.call(.setIRQs, vector, descriptors: [event])
        _ = fcntl(event, F_SETFL, fcntl(event, F_GETFL) & ~O_NONBLOCK)
        var full = UInt64.max - 1
        _ = write(event, &full, 8)
        try client.call(.setIRQs, [UInt32(20), 0x21, 2, 0, 1].flatMap(littleEndian))
    }

    private static func truncateMemory(_ path: String) throws {
        let function = try RawFunction(path)
        let file = kw_memfd("cut")
        defer { close(file) }
        ftruncate(file, 1 << 24)
        try function.client.call(.dmaMap, RawClient.map(1 << 24, 1 << 24), descriptors: [file])
        for index in 0..<RawFunction.ringCount {
            function.store(1 << 24 + UInt64(index) << 13, RawFunction.data(600), at: index * 16)
        }
        try function.startTransmit()
        ftruncate(file, 0)
        function.tail(0, RawFunction.ringCount - 1)
        _ = try function.client.read(RawFunction.offset(PVTSTATUS.self))
    }
}
