// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// Boots stock Debian guests with an 82576, in the three ways there are, and shows that it carries real traffic.
struct Demo {
    private let run: Run
    private let started = ContinuousClock.now

    init(in run: Run) { self.run = run }

    func show() throws {
        let nic = NIC.chosen
        say(nic == .kawela ? "kawela serves the card" : "QEMU's own igb stands in for kawela")
        let first = try physicalFunction()
        let second = try virtualFunctions()
        print(first)
        print("\n\(second)")
        if nic == .kawela { print("\n\(try separateMachines())") }
    }

    /// The first way: the physical function in a guest.
    private func physicalFunction() throws -> Summary {
        let bench = try Bench(in: run)
        say("1. a Debian guest in stock QEMU, booting (emulated processor: 5 to 30 s)")
        let guest = try bench.boot()
        defer { bench.end([guest]) }
        say("loading igb")
        try guest.run("modprobe igb && ip link set eth0 up")
        try guest.waitForCarrier()
        return try DataTransfer(bench: bench, guest: guest, say: say).show()
    }

    /// The second way: the guest has the physical function and makes virtual ones of it.
    private func virtualFunctions() throws -> ReachTable {
        let bench = try Bench(vfs: 7, in: run)
        say("2. a guest with the physical function and seven virtual ones, booting")
        let guest = try bench.boot(
            .with {
                $0.name = "sriov"
                $0.plugged = .all
            })
        defer { bench.end([guest]) }
        try guest.bringUpLink()
        for count in [0, 7, 0, 2] {
            try guest.setVFs(count)
            let interfaces = try guest.vfInterfaces().joined(separator: " ")
            say("sriov_numvfs \(count): \(count == 0 ? "none" : "igbvf has \(interfaces)")")
        }
        let vfs = try guest.isolateVFs(2)
        say("each VF in a network namespace of its own; everybody sends to everybody")
        return try ReachTable("one guest", of: [guest.station("PF")] + vfs + [bench.outside])
    }

    /// The third way: each guest has a virtual function, and kawela the physical one.
    private func separateMachines() throws -> ReachTable {
        let bench = try Bench(vfs: 2, driven: true, in: run)
        say("3. two guests in stock QEMU with a virtual function each, booting")
        let guests = try bench.bootVFGuests(2)
        defer { bench.end(guests) }
        let stations = try guests.indices.map { try guests[$0].bringUpVF($0) }
        say("both have igbvf's link; everybody sends to everybody")
        return try ReachTable("two guests", of: stations + [bench.outside])
    }

    private func say(_ text: String) {
        let seconds = started.duration(to: .now).components.seconds
        FileHandle.standardOutput.write(Data("[\(seconds) s] \(text)\n".utf8))
    }
}

extension Bench {
    /// Ends the guests and the card, to leave the processor to others.
    fileprivate func end(_ guests: [Guest]) {
        for guest in guests { guest.machine.process.kill() }
        card.server?.process.terminate()
    }
}
