import CBench
import Foundation
import KawelaGuest

/// Debian guests under TCG: what their own drivers get out of each card.
enum EndToEnd {
    struct Result: Codable, ByContestant {
        var name, unit: String
        var isLatency = false
        /// Of each round; of each request, for latencies.
        var kawela: [Double] = [], igb: [Double] = []
    }

    static func run(rounds: Int) throws -> [Result] { try oneGuest(rounds) + twoGuests(rounds) }

    // MARK: One guest

    /// A guest with the physical function and two VFs, each VF in a namespace of its own.
    private final class Lone {
        let bench: Bench
        let guest: Guest
        private var vfs: [Station] = []

        init(_ contestant: Contestant) throws {
            bench = try Bench(contestant.nic, vfs: 2)
            guest = try bench.start(.with { $0.plugged = .all })
        }

        deinit { bench.close() }

        func prepare() throws {
            try guest.waitUntilReady()
            try guest.bringUpLink()
            vfs = try guest.isolateVFs(2)
        }

        func toTAP() throws -> Double { try guest.station().send(to: bench.outside, seconds: 3).bitsPerSecond / 1e9 }
        func betweenVFs() throws -> Double { try vfs[0].send(to: vfs[1], seconds: 3).bitsPerSecond / 1e9 }
        func latencies() throws -> [Double] { try roundTrips(to: Guest.address, from: bench.peer) }
    }

    private static func oneGuest(_ rounds: Int) throws -> [Result] {
        let guests = try Contestant.allCases.map { try Lone($0) }
        for guest in guests { try guest.prepare() }
        var toTAP = Result(name: "iperf3, guest to TAP", unit: "Gb/s")
        var betweenVFs = Result(name: "iperf3, VF to VF in one guest", unit: "Gb/s")
        var latency = Result(name: "ICMP echo, host to guest and back", unit: "us", isLatency: true)
        for round in 0..<rounds {
            try alternate(guests, round) { try toTAP.add([$0.toTAP()], $1) }
            try alternate(guests, round) { try betweenVFs.add([$0.betweenVFs()], $1) }
            try alternate(guests, round) { try latency.add($0.latencies(), $1) }
        }
        return [toTAP, betweenVFs, latency]
    }

    // MARK: Two guests

    /// Two guests that reach each other: by VFs of one card, or each with an igb on a bridge of the host.
    private struct Pair {
        let bench: Bench
        let sender, receiver: Station
        private let guests: [Guest]

        init(_ contestant: Contestant) throws {
            let hasVFs = contestant.nic == .kawela
            bench = try Bench(contestant.nic, vfs: hasVFs ? 2 : 0, driven: hasVFs)
            guests = try hasVFs ? bench.bootVFGuests(2) : Self.bridged(bench)
            let stations = try guests.enumerated().map { number, guest in
                guard hasVFs else { return try Self.address(guest, number) }
                return try guest.bringUpVF(number)
            }
            (sender, receiver) = (stations[0], stations[1])
        }

        private static func bridged(_ bench: Bench) throws -> [Guest] {
            let commands = [
                "ip tuntap add dev tap1 mode tap", "ip link add br0 type bridge", "ip link set tap0 master br0",
                "ip link set tap1 master br0", "ip link set tap1 up", "ip link set br0 up",
            ]
            try bench.peer.execute(commands.joined(separator: " && "))
            let second = try NetworkCard(
                .qemuIGB, uplink: .tap("tap1"), mac: "52:54:00:82:57:07", in: bench.run, namespace: bench.peer)
            let guests = try [bench.card, second].enumerated().map { number, card in
                let options = GuestOptions.with { ($0.name, $0.processors) = ("vm\(number)", 1) }
                return try Guest(card: card, options, in: bench.run, namespace: bench.peer)
            }
            for guest in guests { try guest.waitUntilReady() }
            return guests
        }

        private static func address(_ guest: Guest, _ number: Int) throws -> Station {
            let address = Guest.vfAddress(number)
            try guest.run("modprobe igb; ip link set eth0 up; ip addr replace \(address)/24 dev eth0")
            try guest.waitForCarrier()
            return guest.station(address: address)
        }
    }

    private static func twoGuests(_ rounds: Int) throws -> [Result] {
        let pairs = try Contestant.allCases.map { try Pair($0) }
        defer { for pair in pairs { pair.bench.close() } }
        var result = Result(name: "iperf3, guest to guest: VFs of one Kawela; igb, TAPs and a bridge", unit: "Gb/s")
        for round in 0..<rounds {
            try alternate(pairs, round) {
                try result.add([$0.sender.send(to: $0.receiver, seconds: 3).bitsPerSecond / 1e9], $1)
            }
        }
        return [result]
    }

    // MARK: Measuring

    /// Does something with all in turn.
    private static func alternate<Subject>(
        _ subjects: [Subject], _ round: Int, _ body: (Subject, Contestant) throws -> Void
    ) throws {
        for contestant in Contestant.order(round) { try body(subjects[contestant.rawValue], contestant) }
    }

    /// Microseconds of 500 round trips.
    private static func roundTrips(to address: String, from peer: Namespace) throws -> [Double] {
        let back = cb_enter_namespace("/run/netns/\(peer.name)")
        guard back >= 0 else { throw BenchError("cannot enter \(peer.name)") }
        defer { cb_leave_namespace(back) }
        var times = [UInt64](repeating: 0, count: 500)
        let answered = cb_ping(address, CInt(times.count), &times)
        guard answered >= CInt(times.count) * 9 / 10 else {
            throw BenchError("\(answered) of \(times.count) pings answered")
        }
        return times.prefix(Int(answered)).map { Double($0) / 1000 }
    }
}

extension EndToEnd.Result {
    fileprivate mutating func add(_ values: [Double], _ contestant: Contestant) {
        self[contestant] += values
        print("\(name), \(contestant): \(figure(Samples(values).median)) \(unit)")
    }
}
