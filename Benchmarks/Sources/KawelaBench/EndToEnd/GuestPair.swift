// SPDX-License-Identifier: Apache-2.0

import KawelaGuest

/// Two guests that reach each other: by VFs of one card, or each with an igb on a bridge of the host.
struct GuestPair {
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
