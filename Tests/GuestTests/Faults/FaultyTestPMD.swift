// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

/// testpmd on one function of the guest that faults are injected into. It answers echo requests for any address.
struct FaultyTestPMD {
    let guest: Guest
    let outside: Station
    let testpmd: TestPMD
    /// Its PCI address.
    let function: String
    private static let address = "10.82.57.50"

    init(_ guest: Guest, on function: String) throws {
        (self.guest, outside, self.function) = (guest, try FaultyGuest.outside(), function)
        try guest.giveToVFIO([function])
        testpmd = try TestPMD(guest, [function], options: "--enable-rx-cksum")
        try testpmd("set fwd icmpecho", "start")
        try outside.run("ip neigh flush all")
        try answers()
    }

    func answers(within seconds: Double = 15) throws {
        try eventually("testpmd answers\n\(testpmd.log)", within: seconds, every: 0.2) {
            try outside.ping(Self.address) == 1
        }
    }

    /// Sends echo requests under a fault, which are answered again after it without any help.
    func goesOn(after fault: String, _ rule: String) throws {
        let count = try FaultyGuest.under([fault: rule], counting: fault) { injected in
            _ = try outside.ping(Self.address, count: 4)
            try injected.wait(for: fault)
            try answers()
        }
        #expect(count > 0, "\(fault)")
    }

    /// A fault that is over by itself, behind which no echo request is answered.
    func stops(after fault: String, _ rule: String) throws {
        let count = try FaultyGuest.under([fault: rule], counting: fault) { injected in
            try injected.wait(for: fault)
            try eventually("no answer", within: 15, every: 0.3) { try outside.ping(Self.address) == 0 }
        }
        #expect(count == 1, "\(fault)")
    }

    func restart() throws { try testpmd("stop", "port stop 0", "port start 0", "start") }

    /// Gives the device up. Without a port, testpmd does nothing.
    func detach() throws { try testpmd("stop", "port stop 0", "port detach 0") }

    /// Whether the device is there again.
    func attach() throws -> Bool { try testpmd("port attach \(function)", seconds: 60).contains("Port 0 is attached") }

    func start() throws { try testpmd("port start 0", "start") }

    func isLinkUp() throws -> Bool { try testpmd("show port info 0").contains("Link status: up") }

    /// The link is down for two seconds, which testpmd sees, whatever `faults` there are beside that.
    func seesLinkGoAndCome(_ faults: [String: String] = [:]) throws {
        let all = faults.merging(["link-down": "every 100ms for 2s once"]) { $1 }
        let count = try FaultyGuest.under(all, counting: "link-down") { injected in
            try eventually("the link is down", within: 15, every: 0.2) { try !isLinkUp() }
            try eventually("the link is up", within: 30, every: 0.3) { try isLinkUp() }
            for fault in faults.keys { #expect(try injected.count(fault) > 0, "\(fault)") }
        }
        #expect(count == 1)
        try answers()
    }

    /// Faults of the wire, those of checksums and of the link apart.
    func goesOnAfterFaultsOfTheWire() throws {
        for fault in ["loss", "duplicate", "reorder"] { try goesOn(after: fault, "every 2 times 4") }
        try goesOn(after: "delay", "every 2 by 50ms times 4")
        try goesOn(after: "crc-error", "every 2 in times 2")
    }

    /// Wrong bits are in the IP header or behind it, or in the padding, where no sum tells of them.
    func tellsWrongChecksums() throws {
        try testpmd("stop", "set fwd rxonly", "set verbose 1", "start")
        let count = try FaultyGuest.under(["corrupt": "every 2 in"], counting: "corrupt") { _ in
            let sending = "for n in $(seq 16); do echo hello >/dev/udp/\(Self.address)/9; done"
            let frames = try testpmd.frames(16) { try outside.run("bash -c '\(sending)'") }
            let wrong = frames.filter { $0.contains("_CKSUM_BAD") }
            #expect(frames.count == 16 && (1...8).contains(wrong.count), "\(wrong.count) of \(frames.count)")
        }
        #expect(count >= 8)
        try testpmd("stop", "set verbose 0", "set fwd icmpecho", "start")
        try answers()
    }
}
