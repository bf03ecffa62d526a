// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// Two guests at one ``SoakServer`` and a station outside: the first has a PF and its VFs, the second a VF of the other card.
final class SoakNetwork {
    let run: Run
    let peer: Namespace
    let server: SoakServer
    private(set) var first: Guest!
    private(set) var second: Guest!
    /// Steps that did not succeed at once: what, and why not.
    private(set) var secondAttempts: [String] = []
    private var round = 0

    /// The last part of the second guest's address, as ``Guest/vfAddress(_:)`` has it.
    private static let place = 5
    private static let bridge = "br0"

    init() throws {
        run = try Run()
        peer = try Namespace(in: run)
        let bridge = Self.bridge
        try peer.execute(
            """
            set -e; ip addr flush dev tap0; ip tuntap add dev tap1 mode tap; ip link set tap1 up
            ip link add \(bridge) address 52:54:00:82:57:01 type bridge; ip link set \(bridge) up
            ip link set tap0 master \(bridge); ip link set tap1 master \(bridge)
            ip addr add \(Namespace.address)/24 dev \(bridge)
            """)
        server = try SoakServer(in: run, peer)
        (first, second) = (try startFirst(), try startSecond())
        try first.waitUntilReady(seconds: 600)
        try second.waitUntilReady(seconds: 600)
        try prepareFirst()
        try prepareSecond()
        try allReachAll()
    }

    // MARK: Guests

    private func startFirst() throws -> Guest {
        try Guest(
            card: server.pfCard, .with { ($0.name, $0.processors, $0.plugged) = ("first", 1, .all) }, in: run,
            namespace: peer)
    }

    private func startSecond() throws -> Guest {
        let plugged = Plugged.vfs([SoakServer.VF.guest.rawValue], .plugin)
        return try Guest(
            card: server.vfCard, .with { ($0.name, $0.processors, $0.plugged) = ("second", 1, plugged) }, in: run,
            namespace: peer)
    }

    func replaceFirst() throws {
        first.machine.process.kill()
        first = try startFirst()
        try first.waitUntilReady(seconds: 600)
        try prepareFirst()
    }

    func replaceSecond() throws {
        second.machine.process.kill()
        second = try startSecond()
        try second.waitUntilReady(seconds: 600)
        try prepareSecond()
    }

    /// The PF's link, and new VFs.
    func prepareFirst() throws {
        try insist("link of the PF") { try first.bringUpLink(seconds: 60) }
        try insist("VFs") { _ = try first.isolateVFs(SoakServer.vfs) }
    }

    func prepareSecond() throws { try insist("link of the VF") { _ = try second.bringUpVF(Self.place) } }

    /// A step that a slow machine, or an attack beside it, can make fail has three chances.
    func insist(_ what: String, _ body: () throws -> Void) throws {
        for attempt in 1...3 {
            do { return try body() } catch  where attempt < 3 {
                try server.isAlive()
                secondAttempts.append("\(what): \("\(error)".prefix(300))")
                say("  \(what), attempt \(attempt): \("\(error)".prefix(300))")
            }
        }
    }

    // MARK: Traffic

    private var outside: Station {
        Station("outside", Namespace.address) { [peer] in try peer.attempt($0, seconds: Double($1)) }
    }
    private var stations: [Station] {
        let vfs = (0..<SoakServer.vfs).map { first.station(vf: $0) }
        return [first.station("PF"), second.station("lone VF", address: Guest.vfAddress(Self.place)), outside] + vfs
    }

    /// Everybody reaches everybody by ping.
    func allReachAll() throws {
        // VFs of a new driver have other addresses than those before them, and nobody was told.
        for station in stations { _ = try station.attempt("ip neigh flush all", seconds: 60) }
        for station in stations {
            let others = stations.filter { $0.name != station.name }
            var reached: [Station] = []
            try eventually(
                "\(station) reaches \(others) (it reached \(reached))\n\(first.evidence)\n\(second.evidence)",
                within: 120
            ) {
                reached = try station.reached(others)
                return reached.count == others.count
            }
        }
    }

    /// TCP of some Mb/s between the guests and to the outside, and pings, until ``endTraffic()``.
    func startTraffic() throws {
        round += 1
        let stations = stations
        let (lone, outside, vf) = (stations[1], stations[2], stations[3])
        let streams = [(lone, outside, "--bidir"), (vf, lone, ""), (outside, stations[0], "")]
        for (sender, receiver, options) in streams {
            let port = Station.freePort()
            try start(receiver, "timeout 20 iperf3 -s -1 -p \(port)")
            try start(sender, "timeout 15 iperf3 -b 5M -t 8 \(options) -p \(port) -c \(receiver.address)")
        }
        try start(stations[4], "busybox ping -i 0.05 -c 100 -s 1400 \(lone.address)")
    }

    private func flag(_ station: Station) -> String {
        station.name == "outside" ? run.path("quiet-\(round)") : "/tmp/quiet-\(round)"
    }

    private func start(_ station: Station, _ command: String) throws {
        try insist("traffic of \(station)") {
            let loop =
                "n=0; while [ ! -e \(flag(station)) ] && [ $n -lt 300 ]; do \(command); n=$((n+1)); sleep 1; done"
            _ = try station.attempt("(\(loop)) >/dev/null 2>&1 </dev/null &", seconds: 60)
        }
    }

    /// Those outside end by themselves within seconds: other programs of the machine may have their names.
    func endTraffic() throws {
        try "".write(toFile: run.path("quiet-\(round)"), atomically: true, encoding: .utf8)
        for guest in [first!, second!] {
            try insist("end of the traffic") {
                _ = try guest.attempt(
                    "rm -f /tmp/quiet-*; touch /tmp/quiet-\(round); killall iperf3; true", seconds: 60)
            }
        }
    }

    // MARK: Uplinks

    func takeDown(uplink tap: String, seconds: Int) throws {
        try peer.execute("ip link set \(tap) down; sleep \(seconds); ip link set \(tap) up", seconds: 60)
    }

    /// Deletes a TAP and makes another one of that name.
    func replace(uplink tap: String, after seconds: Int) throws {
        try peer.execute(
            """
            set -e; ip link del \(tap); sleep \(seconds); ip tuntap add dev \(tap) mode tap
            ip link set \(tap) master \(Self.bridge); ip link set \(tap) up
            """, seconds: 60)
    }
}
