// SPDX-License-Identifier: Apache-2.0

/// First inputs: what drivers, peers and clients do on an ordinary day, and what tests show to lead far.
extension Target {
    var seeds: [(name: String, bytes: [UInt8])] {
        switch self {
        case .configurationSpace: Seeds.configurationSpace
        case .registers: Seeds.registers
        case .wire: Seeds.wire
        case .vfioUser: Seeds.vfioUser
        case .uplinks: Seeds.uplinks
        case .vhostUser: Seeds.vhostUser
        case .configuration: Seeds.configuration
        case .mailbox: Seeds.mailbox
        case .control: Seeds.control
        }
    }
}

enum Seeds {
    /// An operation and its operands.
    private static func script(_ shape: [UInt8], _ steps: [(Operation, [UInt8])]) -> [UInt8] {
        shape + steps.flatMap { [$0.rawValue] + $1 }
    }

    // MARK: config-space

    static var configurationSpace: [(String, [UInt8])] {
        let sweep = (0..<96).flatMap { word -> [UInt8] in [8, UInt8(word * 4 & 0xFF), UInt8(word * 4 >> 8)] }
        let all = (0..<64).flatMap { word -> [UInt8] in [0x88, UInt8(word * 4), 0, 5] }
        let enable: [UInt8] = [0x84, 0x70, 1, 4, 2, 0x84, 0x68, 1, 4, 9]
        // Ones in the header, by each width, of the PF and a VF.
        let ones = ([0x80, 0x81, 0x84, 0x85, 0x88, 0x89] as [UInt8]).map { code -> (String, [UInt8]) in
            let accesses = stride(from: UInt8(0), to: 64, by: 2).flatMap { [code, $0, 0, 5] as [UInt8] }
            return ("ones-\(code)", [1, 0, 0] + accesses)
        }
        return ones + [
            ("sweep", [3, 0, 0] + sweep), ("all-ones", [0, 0, 0] + all), ("vectors", [8, 0x34, 0x12] + sweep),
            ("enable", [3, 0, 0] + enable + sweep), ("reset", [1, 0, 0, 0x84, 0xA8, 0, 1, 15] + all),
            ("rom", [0x71, 0, 0] + all),
        ]
    }

    // MARK: registers

    private static let start: (Operation, [UInt8]) = (.start, [4, 7])
    private static let settle: (Operation, [UInt8]) = (.settle, [])
    private static let functions: (Operation, [UInt8]) = (.enableFunctions, [2])
    private static let pools: (Operation, [UInt8]) = (.setUpPools, [0, 0, 0, 0, 0, 0])

    private static func transmit(_ place: UInt8, _ options: UInt8 = 0) -> (Operation, [UInt8]) {
        (.setUpTransmit, [place, 3, options, 0] + (options & 1 != 0 ? [0] : []))
    }

    private static func receive(_ place: UInt8, _ format: UInt8) -> (Operation, [UInt8]) {
        (.setUpReceive, [place, 1, format, 2] + [UInt8](repeating: 0, count: 8))
    }

    static var registers: [(String, [UInt8])] {
        packets + receptions + exchanges + borders + limits + blocks + each
            + [("phy", phy), ("rationed", rationed)]
    }

    /// Frames of the PF to the wire, whole and segmented, one of each kind of headers.
    private static var packets: [(String, [UInt8])] {
        let kinds: [UInt8] = [0, 1, 0x09, 0x11, 0x19, 4, 0x0C, 0x14, 0x1C, 6, 0x26, 0x89, 0xC9]
        return kinds.enumerated().flatMap { index, layers in
            let packet: [UInt8] = [0, layers, 0x0B, 160] + [UInt8](repeating: 0, count: 6)
            let whole = [start, transmit(0), (.postPacket, packet + [3, 0, 0, 0]), settle]
            let cut = [start, transmit(0), (.postSegmented, packet + [0, 0, 0xB4, 5]), settle]
            return [
                ("packet-\(index)", script([0, 0], whole)),
                ("segmented-\(index)", script([UInt8(index & 4), UInt8(index)], cut)),
            ]
        }
    }

    /// Frames from the wire, into a ring of each format.
    private static var receptions: [(String, [UInt8])] {
        (UInt8(0)...5).map { format in
            let wire: (Operation, [UInt8]) = (.arrive, [3] + [UInt8](repeating: 0x09, count: 60))
            return ("receive-\(format)", script([format & 4, 0], [start, receive(0, format | 0x20), wire, settle]))
        }
    }

    /// Several functions, and clients that come and go.
    private static var exchanges: [(String, [UInt8])] {
        let ether: [UInt8] = [0, 0x12, 100, 0, 0, 0, 0, 0, 0, 0, 0, 1]
        let packet: (Operation, [UInt8]) = (.postPacket, [1] + ether)
        let inside = [
            start, functions, pools, transmit(1), receive(2, 1), receive(0, 1), packet, settle, packet, (.run, [20]),
        ]
        let legacy = [start, transmit(0, 1), (.postLegacy, [0] + ether + [3, 14, 0, 1]), settle]
        let hands = [start, functions, pools, transmit(1), (.plug, [1]), (.plug, [1]), (.reset, [0, 0])]
        return [
            ("switched", script([2, 0], inside)), ("switched-mapped", script([6, 0], inside)),
            ("legacy", script([0, 0], legacy)), ("hands", script([3, 0], hands)),
        ]
    }

    /// Buffers in each part of a function's memory and over its borders, and two functions that use the same queue.
    private static var borders: [(String, [UInt8])] {
        // Codes of `Script.address`: within an area, and 30 bytes before its end.
        let places: [(String, [UInt8])] = (UInt8(0)..<5).flatMap { area in
            [("in-\(area)", [210 + area, 64, 0]), ("over-\(area)", [235 + area, 30])]
        }
        let both: [(Operation, [UInt8])] = [
            start, functions, (.start, [5]), pools, transmit(0x10),
            (.postPacket, [0x10] + plain(0).dropFirst().dropLast() + [3]),
            transmit(0x11, 1), (.ringTransmit, [0x11, 1]), settle,
        ]
        return places.flatMap { name, place -> [(String, [UInt8])] in
            let sent = plain(0).dropLast(2) + place + [0]
            let ring: (Operation, [UInt8]) = (
                .setUpReceive, [0, 1, 1, 2, 0] + place + [UInt8](repeating: 0, count: 6)
            )
            let arrival: (Operation, [UInt8]) = (.arrive, [1, 0, 0x14, 160, 0, 0, 0, 0, 0x14, 160, 0, 0, 0])
            return [
                ("sent-\(name)", script([0, 0], [start, transmit(0), (.postPacket, Array(sent)), settle])),
                ("received-\(name)", script([0, 0], [start, ring, arrival, settle])),
            ]
        } + [("same-queue", script([2, 0], both))]
    }

    /// What is refused or put off by a little: a frame that ends 24 bytes behind each area, a packet that fills its ring
    /// without an end, more segments than one run sends, and a vector that is not a VF's.
    private static var limits: [(String, [UInt8])] {
        let beyond = (UInt8(0)..<5).map { area -> (String, [UInt8]) in
            let frame: [UInt8] = [0, 0, 0x14, 40, 0, 0, 0, 0, 0, 235 + area, 30, 0]
            return ("just-over-\(area)", script([0, 0], [start, transmit(0), (.postPacket, frame), settle]))
        }
        // No EOP, in seven descriptors of a ring of eight.
        let pieces = [[UInt8]](repeating: [10, 0], count: 6).joined()
        let endless: [UInt8] = [0, 0, 0x14, 100, 0, 0, 0, 2, 6] + pieces + [0, 0]
        // 60,000 bytes in segments of 8, four times.
        let headers: [UInt8] = [0, 0x09, 0x14, 240, 0x60, 0xEA, 0, 0, 0, 0, 0, 0]
        let packet: (Operation, [UInt8]) = (.postSegmented, headers + [0x10, 0, 8, 0, 0, 0, 0, 3])
        let segments = [start, (.setUpTransmit, [0, 5, 0, 0])] + [(Operation, [UInt8])](repeating: packet, count: 4)
        // MSI-X on, and this vector for both queues and the mailbox.
        let vectors = (UInt8(2)...3).map { vector -> (String, [UInt8]) in
            let entry = 0x80 | vector
            let interrupts: (Operation, [UInt8]) = (
                .setUpInterrupts, [1, 1, entry, 0, entry, entry, entry, entry, 0, 0]
            )
            let frame: (Operation, [UInt8]) = (.postPacket, plain(1))
            return (
                "vector-\(vector)", script([2, 0], [start, functions, pools, transmit(1), interrupts, frame, settle])
            )
        }
        return beyond + vectors + [
            ("endless", script([0, 0], [start, (.setUpTransmit, [0, 0, 0, 0]), (.postPacket, endless), settle])),
            ("segments", script([0, 0], segments + [(.ringTransmit, [0, 8]), settle])),
        ]
    }

    /// What brings one block of the chip to work.
    private static var blocks: [(String, [UInt8])] {
        // Eight frames of 1 KB for everybody.
        let frame: [UInt8] = [0, 0x14, 160, 0, 0, 0]
        let flood: (Operation, [UInt8]) = (.arrive, [7] + [[UInt8]](repeating: frame, count: 8).joined())
        // CTRL.TFCE and thresholds, then CTRL.RFCE as well.
        let pause: [(Operation, [UInt8])] = [
            (.setUpLimits, [0x0A, 0, 4, 0, 2, 8]), (.setUpLimits, [0x0E, 0, 4, 0, 2, 8]),
        ]
        let stop: (Operation, [UInt8]) = (.arrive, [0, 0, 0x18, 46, 3, 1, 100, 0, 0])
        let flow = [
            start, receive(0, 1), pause[0], flood, flood, flood, (.giveBuffers, [0, 100]), settle, (.run, [24]),
        ]
        let paused = [start, transmit(0), pause[1], stop, (.postPacket, plain(0)), (.run, [20]), (.run, [30])]
        let clock: [(Operation, [UInt8])] = [
            (.setUpTime, [0x09, 3, 24, 20, 0, 0]), (.setUpFilters, [0, 3, 0, 0, 0x40]),
        ]
        let message: [UInt8] = [0, 0x14, 60, 2, 0, 1, 0]
        let stamped: (Operation, [UInt8]) = (.postPacket, [0] + message + [0x20, 0, 0, 0, 0])
        let stamps =
            [start, transmit(0), receive(0, 1)] + clock + [
                stamped, (.arrive, [0] + message + [0]), (.setUpTime, [0xC0]),
            ]
        let urgent = [
            start, receive(0, 1), (.setUpInterrupts, [0x1D, 3, 5, 0x00, 0x90]),
            (.setUpFilters, [2, 0, 1, 0, 0, 0, 8, 0, 0]), (.arrive, [1] + web + web), (.arrive, [0] + web),
            (.run, [20]),
        ]
        let limited = [
            start, transmit(0), (.setUpLimits, [4, 6, 10, 0, 14]), (.postPacket, plain(0)), (.postPacket, plain(0)),
            settle,
            (.run, [24]),
        ]
        let sums: [UInt8] = [0x19, 0x3C, 0x1C]
        return [
            ("pause-sent", script([0, 0], flow)), ("pause-received", script([0, 0], paused)),
            ("stamps", script([0, 0], stamps)), ("urgent", script([0, 0], urgent)),
            ("limited", script([0, 0], limited)),
        ]
            + sums.map { layers in
                ("sums-\(layers)", script([0, 0], [start, transmit(0), (.postPacket, checked(layers)), settle]))
            }
    }

    /// Frames that interrupt at once: two credits, and a new one every 12 microseconds.
    private static var rationed: [UInt8] {
        let frames = [(Operation, [UInt8])](repeating: (.arrive, [0] + web), count: 4)
        let steps = [start, receive(0, 1), (.setUpLowLatency, [3, 0, 0, 0x40, 2])] + frames
        return script([0, 0], steps + [(.run, [13]), (.run, [20])])
    }

    /// With a link: status, loopback, a forced mode and a reset of the PHY; then each of its registers written and read.
    private static var phy: [UInt8] {
        let modes: [UInt8] = [1, 17, 0x20, 0x40, 0x41, 0x20, 0, 0x21, 1, 0x20, 0, 0x80]
        let all = stride(from: UInt8(0), to: 32, by: 8).map { first -> (Operation, [UInt8]) in
            let writes = (first..<first + 8).flatMap { [0x20 | $0, 0, 0x12] as [UInt8] }
            return (.accessPHY, [0, 7] + writes + [0])
        }
        return script([0, 0], [start, (.run, [28]), (.accessPHY, [0, 5] + modes + [0])] + all)
    }

    /// A frame for everybody of no protocol, that function `function` sends.
    private static func plain(_ function: UInt8) -> [UInt8] { [function, 0, 0x14, 160, 0, 0, 0, 0, 0, 0, 0] }

    /// TCP to port 80 over IPv4.
    private static let web: [UInt8] = [0x09, 0x14, 40, 0, 0, 0, 0, 2, 0, 0]

    /// A frame whose checksums the chip is to insert, with its context.
    private static func checked(_ layers: UInt8) -> [UInt8] {
        // Extensions, addresses, ports, and nothing spoilt.
        let headers: [UInt8] =
            layers == 0x19 ? [0, 0, 0, 0, 0] : layers == 0x3C ? [3, 4, 5, 0, 0, 0, 0, 0, 0] : [0, 0, 0, 0, 0]
        return [0, layers, 0x14, 100] + headers + [0x83, 0, 0, 0, 0, 0]
    }

    /// Each operation after a driver's start.
    private static var each: [(String, [UInt8])] {
        Operation.allCases.enumerated().map { index, operation in
            let operands = [UInt8](repeating: UInt8(index), count: 24)
            let steps = [start, functions, transmit(0), receive(0, 1), (operation, operands)]
            return ("one-\(operation)", script([UInt8(index & 7), 0], steps))
        }
    }

    // MARK: wire

    static var wire: [(String, [UInt8])] {
        let frames = ([0x09, 0x11, 0x0C, 0x14, 0x26, 0x89] as [UInt8]).flatMap { layers -> [UInt8] in
            [1, layers, 0x40, 200, 0, 0, 0, 0, 0, 0, 0, 0, 0x85, 200, 5]
        }
        let all: [UInt8] = [0, 1, 2, 3, 5, 8, 0x11, 0x24, 0x33, 0x71]
        return all.map { options in
            let head: [UInt8] = [options & 7, 0, options] + [UInt8](repeating: options, count: 8)
            return ("options-\(options)", head + frames)
        }
    }

    // MARK: mailbox

    static var mailbox: [(String, [UInt8])] {
        // A driver that starts: VF_RESET, its address, multicast, VLAN, longest frame, promiscuity.
        let day: [UInt8] = [
            1, 1, 0, 1, 2, 0x04, 0, 1, 3, 2, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 4, 1, 5, 1, 5, 0, 0xDC,
            5, 1, 6, 3,
        ]
        let frames: [UInt8] =
            [10, 7, 11, 3, 0, 0, 12, 1, 1, 2, 0, 0, 0] + [13] + plain(0).dropFirst() + [0, 0, 0, 0, 0, 0]
        // More VLANs than there is room for, more refusals than are reported, and trust that is withdrawn.
        var vlans: [UInt8] = [1, 1, 0, 8, 0, 1, 1, 0]
        for identifier in UInt8(1)...40 { vlans += [1, 4, 1, identifier] }
        var refused: [UInt8] = [0, 0, 0, 1, 1, 0]
        for _ in 0..<60 { refused += [1, 7, 0] }
        let distrusted: [UInt8] = [0, 1, 0, 1, 1, 0, 1, 2, 0x0E, 5, 1, 2, 0x0E, 6, 6, 0, 0]
        let special: [(String, [UInt8])] = [
            ("vlans", vlans), ("refused", refused), ("distrusted", distrusted),
        ]
        return special
            + (UInt8(0)...9).map { index in
                let host: [UInt8] = [
                    [0, 0], [1, 1], [4, 9], [8, 2], [0x10, 0], [0x20, 0], [0x41, 20], [2, 0], [9, 3], [12, 0x41],
                ][
                    Int(index)]
                let settings: [UInt8] = [(index & 7) | 2] + host + host + host
                return (
                    "host-\(index)",
                    settings + day + day.map { $0 & 15 == 1 ? $0 | 0x40 : $0 } + frames + [
                        0, 30, 6, 0, 0, 7, 4, 9, 8, 1, 1, 0,
                    ]
                )
            }
    }

    // MARK: vfio-user

    static var vfioUser: [(String, [UInt8])] {
        let mapping: [UInt8] = [5, 3, 32, 0, 0, 0]
        let accesses: [UInt8] = [3, 8, 8, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 3, 11, 0, 0, 0, 0, 0]
        let interrupts: [UInt8] = [7, 0x32, 0, 0, 12, 0x3C, 7, 0x10, 0, 0, 0x8C]
        let information: [UInt8] = [10, 32, 0, 0, 10, 48, 7, 0, 11, 0, 0x1B, 0, 0x2B, 0]
        let rest: [UInt8] = [6, 0, 0, 255, 0, 9, 3, 4, 0, 0, 4, 5, 4, 0, 1, 4, 5, 2, 0, 0, 4, 9, 0]
        return [
            ("day", [0, 0] + mapping + accesses + interrupts + information + rest),
            ("mapped", [2, 0] + mapping + information + accesses),
            ("version", [8, 0, 1, 1, 4, 0, 0, 0, 0, 0]), ("bytes", [0, 0, 0, 40] + [UInt8](repeating: 1, count: 41)),
            ("messages", [16, 60] + [UInt8](repeating: 7, count: 60) + [0, 3, 15, 15, 31, 47] + accesses),
            ("unanswered", [16, 2, 255, 255, 0, 3, 15, 15, 15]),
            ("twice", [0, 0] + mapping + mapping + mapping + accesses),
            ("refused", [16, 2, 240, 250, 0, 3, 15, 15, 15]),
            ("full", [0, 0, 0x8D, 3, 8, 8, 0, 0, 0, 0, 0x0D] + information),
        ]
    }

    // MARK: uplinks

    static var uplinks: [(String, [UInt8])] {
        [
            ("stream", [0, 0x60, 60, 6, 0x60, 60, 0x60, 200, 6, 6]), ("length-0", [0, 3, 0, 0, 0, 0, 6]),
            ("long", [0, 3, 0, 1, 0, 0x0F, 6]),
            ("longer", [0, 3, 0, 1, 0, 0x10, 0xE0, 255, 0xE0, 255, 6, 0xE0, 255, 6, 6, 6]),
            ("half", [0, 2, 3, 0, 0, 0, 6, 2, 5, 60, 1, 2, 3, 4, 6]),
            ("files", [0, 10, 6, 0, 0, 0, 2, 1, 2, 6]),
            ("full", [0, 0xFC, 0xFF, 0xFF, 0xFC, 0xFF, 0xFF, 6, 5, 255, 5, 255]),
            ("datagrams", [1, 0, 60, 0, 6, 0, 0, 8, 2, 3, 1, 2, 3, 6, 3, 6]),
            ("datagrams-out", [1, 0x24, 60, 0, 5, 9]),
            ("datagram-files", [1, 10, 3, 1, 2, 3, 6]), ("datagrams-full", [1, 0xFC, 0, 0xFF, 0xFC, 0, 0xFF, 5, 255]),
        ]
    }

    // MARK: vhost-user

    static var vhostUser: [(String, [UInt8])] {
        func front(_ count: UInt8, _ length: UInt16, cut: UInt8 = 0) -> [UInt8] {
            [6 | count << 4 | cut, UInt8(length & 0xFF), UInt8(length >> 8)]
        }
        func back(_ count: UInt8, _ length: UInt16, header: UInt8 = 0) -> [UInt8] {
            [count << 4 | header << 6, UInt8(length & 0xFF), UInt8(length >> 8)]
        }
        func take(_ count: UInt8) -> [UInt8] { [8, count] }
        let day =
            front(0, 60) + front(2, 1514) + take(40) + back(0, 60) + back(2, 1514) + back(3, 60) + [10, 10] + take(9)
        let full = [front(3, 1514), front(3, 60), front(3, 9000), [10], take(255), take(255), take(255), front(3, 60)]
        let clean: [(String, [UInt8])] = ([0, 2, 4, 8, 0x10, 0x20, 0x40] as [UInt8]).map { shape in
            ("clean-\(shape)", [shape] + day + [0x1E, shape] + day)
        }
        let answers: [(String, [UInt8])] = (UInt8(0)..<8).flatMap { kind -> [(String, [UInt8])] in
            let answer: [UInt8] = [0x0B | kind << 4, 19, 0, 0, 0, 0, 0, 0, 0]
            return [
                ("answer-\(kind)", [1] + answer),
                ("acknowledgement-\(kind)", [1, 12, 12, 12, 12] + answer + [12, 12]),
            ]
        }
        let header: [UInt8] = [5, 1, 3, 0, 0, 1, 0, 14, 0, 16, 0]
        return clean + answers + [
            ("merged", [0] + back(0, 5000) + back(1, 65_000) + [10] + front(0, 9000) + front(1, 65_000) + take(5)),
            ("offloads", [0] + back(1, 9000, header: 1) + back(0, 60, header: 2) + front(1, 9000, cut: 0x40)),
            ("full", [0] + full.joined() + take(255) + take(255)),
            ("many", [0] + back(3, 60) + back(3, 60) + [10, 10, 10]),
            ("contradiction", [0] + header + [1, 0, 2, 0, 3, 9]), ("buffers", [0] + header + [3, 0, 2, 0, 3, 9]),
            ("unpublished", [0] + header + [2, 0, 2, 0, 2, 0, 0x23, 0xFF, 0xFF, 9]),
            ("twice", [0] + header + [1, 0, 2, 0, 0x22, 0, 3, 9]), ("length", [0] + header + [1, 0, 2, 38, 3, 9]),
            ("jump", [0, 0x23, 0x58, 2, 9]), ("sent-twice", [0] + front(1, 60) + take(1) + [0x32, 0, 0x13, 10]),
            ("sent-never", [0] + front(1, 60) + [0x52, 9, 0, 0, 0x13, 10]),
            ("scripted", [1] + [UInt8](repeating: 12, count: 24) + day), ("bytes", [0] + day + [0x2D, 4, 1, 2, 3, 4]),
            ("kick", [2] + front(0, 60) + [0x7F] + front(1, 60)), ("call", [0] + front(3, 60) + [0x5F] + take(30)),
            ("table", [0, 0x44, 8, 0, 3, 1, 2, 3, 4] + front(2, 60) + take(20) + front(2, 5000) + take(20)),
            ("former", [0] + back(1, 1514) + [0x1E, 0, 0xA4, 2, 0, 1, 9, 9] + day),
        ]
    }

    // MARK: configuration

    static var configuration: [(String, [UInt8])] {
        let files = [
            #"{"version":1,"socket":"/run/a.sock","uplink":"null"}"#,
            #"{"version":1,"directory":"/run/k","uplink":"tap:t0","pf":"embedded","vfs":[{"mac":"02:00:00:00:00:01","vlan":5,"priority":3,"spoof-check":true,"trust":false,"rate":100,"link-state":"on"},{"trunk":[1,2,3]}]}"#,
            #"{"version":1,"log-level":"debug","ports":[{"name":"a","socket":"/a","uplink":"loopback"},{"name":"b","socket":"/b","uplink":"stream:/s,server","mac":"02:00:00:00:00:02"}]}"#,
            #"{"version":1,"socket":"a","uplink":"null","busy-poll":50,"guest-memory":"any-file","nvm":"/n","vfs":0}"#,
            #"{"version":1,"socket":"a","uplink":"null","faults":{"seed":7,"loss":"1% in","delay":"every 3 by 20ms","removal":"every 9s for 1s vf1 once","tx-hang":"every 5s for 1s queue 3 times 2"}}"#,
            #"{"version":1,"socket":"a","uplink":"null","synchronous":true}"#,
            #"{"version":1,"directory":"/run/k","uplink":"null","vfs":8}"#, "{", "[]", #"{"version":2}"#,
        ]
        var rom = [UInt8](repeating: 0, count: 512)
        rom.replaceSubrange(24..<32, with: [0x1C, 0, 0, 0] + Array("PCIR".utf8))
        (rom[0], rom[1], rom[2], rom[44], rom[49]) = (0x55, 0xAA, 1, 1, 0x80)
        let values = [
            "\u{0}tap:tap0", "\u{0}stream:/run/a,server", "\u{0}dgram:/a:/b", "\u{0}pcap:f.pcap,tap:t", "\u{0}loopback",
            "\u{1}02:00:00:00:00:01", "\u{2}512M", "\u{2}2G", "\u{3}embedded", "\u{3}100", "\u{4}/a\nk\npcie.0\n\nq35",
            "\u{4}/a b",
            "\u{0}tap:tap0,vhost=on",
        ]
        let line =
            "/a\nnull\n02:00:00:00:00:01\ninfo\n\n0\nguest\n/n\nin-memory\nseed=7,loss=1% in,link-down=every 30s for 2s"
        return files.enumerated().map { ("file-\($0)", [0] + Array($1.utf8)) }
            + values.enumerated().map { ("value-\($0)", [2] + Array($1.utf8)) }
            + [
                ("options", [3] + Array(line.utf8)),
                ("options-vfs", [3] + Array("\nnull\n02:00:00:00:00:01\ninfo\n/run/k\n8\nguest".utf8)),
                ("nvm-empty", [1]), ("nvm", [1, 1, 2, 3, 4]),
                ("nvm-short", [1, 1, 2, 3]), ("rom", [1] + rom),
            ]
    }
}
