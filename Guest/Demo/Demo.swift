// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// Boots stock Debian guests with an 82576 in stock QEMU, types what a person would, and prints what comes of it.
struct Demo {
    private let run: Run

    init(in run: Run) { self.run = run }

    func show() throws {
        try oneGuest()
        if NIC.chosen == .kawela { try separateMachines() }
    }

    /// A guest has the physical function, and makes virtual ones of it.
    private func oneGuest() throws {
        let bench = try Bench(vfs: 7, control: true, in: run)
        write("# \(NIC.chosen == .kawela ? "Kawela" : "QEMU's own igb") is the NIC of a Debian guest, which boots\n")
        let guest = try bench.boot(.with { $0.plugged = .all })
        defer { bench.end([guest]) }
        let terminal = Terminal("guest", guest.station())
        try terminal.type("lspci -d 8086:10c9")
        try guest.bringUpLink()
        try terminal.type("ethtool -i eth0 | head -n 1")
        try terminal.type("ip -4 -br addr show eth0")
        try terminal.type("ping -c 3 \(bench.outside.address) | grep received")
        try measure(terminal, bench.outside)
        if let server = bench.card.server {
            let lines = try server.ask(["counters"], in: run).split(separator: "\n", omittingEmptySubsequences: false)
            write("$ kawela counters | head -n 4\n\(lines.prefix(4).joined(separator: "\n"))\n")
        }
        try makeVFs(guest, terminal)
    }

    /// TCP both ways.
    private func measure(_ terminal: Terminal, _ outside: Station) throws {
        try outside.start("iperf3 -s")
        try eventually("iperf3 listens", within: 10) {
            try !outside.run("ss -Hltn 'sport = :5201'").isEmpty
        }
        try terminal.type("iperf3 -c \(outside.address) -t 2 | grep receiver", seconds: 30)
        try terminal.type("iperf3 -c \(outside.address) -t 2 -R | grep receiver", seconds: 30)
    }

    /// Two VFs, each in a network namespace of the guest's.
    private func makeVFs(_ guest: Guest, _ terminal: Terminal) throws {
        try terminal.type("echo 2 > /sys/class/net/eth0/device/sriov_numvfs", seconds: 60)
        try terminal.type("lspci -d 8086:10ca")
        try guest.waitForCarrier()
        try guest.run("modprobe igbvf")
        try eventually("igbvf has both\n\(guest.evidence)", within: 30, every: 0.1) {
            try guest.vfInterfaces().count == 2
        }
        let vfs = try (0..<2).map { try guest.isolate(vf: $0) }
        try terminal.type("ip netns exec vf0 ping -c 3 \(vfs[1].address) | grep received")
    }

    /// Each guest has a virtual function, and Kawela the physical one.
    private func separateMachines() throws {
        let bench = try Bench(vfs: 2, driven: true, in: run)
        write("# Kawela drives the NIC itself, and two Debian guests, which boot, have a virtual function each\n")
        let guests = try bench.bootVFGuests(2)
        defer { bench.end(guests) }
        let stations = try guests.indices.map { try guests[$0].bringUpVF($0) }
        let terminal = Terminal("vm0", stations[0])
        try terminal.type("lspci -d 8086:10ca")
        try terminal.type("ping -c 3 \(stations[1].address) | grep received")
    }
}

/// A shell of a guest, with all that is typed and printed there on standard output.
private struct Terminal {
    let name: String
    let station: Station

    init(_ name: String, _ station: Station) { (self.name, self.station) = (name, station) }

    /// - Throws: when the command fails.
    func type(_ command: String, seconds: Int = 20) throws {
        write("root@\(name):~# \(command)\n")
        write(try station.run(command, seconds: seconds))
    }
}

/// Prints at once.
private func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

extension Bench {
    /// Ends the guests and the card, to leave the processor to others.
    fileprivate func end(_ guests: [Guest]) {
        for guest in guests { guest.machine.process.kill() }
        card.server?.process.terminate()
    }
}
