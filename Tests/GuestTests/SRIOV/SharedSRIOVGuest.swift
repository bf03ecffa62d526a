// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Synchronization
import Testing

/// One guest with the physical function and seven VFs behind it, for all tests about them.
enum SharedSRIOVGuest {
    private final class State: GuestSet {
        let bench: Bench
        let guest: Guest
        /// How many VFs are enabled, each alone in its namespace and as it was made.
        let clean = Mutex<Int?>(nil)
        var benches: [Bench] { [bench] }
        var guests: [Guest] { [guest] }

        convenience init() throws {
            let bench = try Bench(vfs: most, control: true)
            self.init(bench: bench, guest: try bench.boot(options))
        }

        init(bench: Bench, guest: Guest) { (self.bench, self.guest) = (bench, guest) }
    }
    private static let shared = SharedGuests<State>()
    static let most = 7

    static func bench() throws -> Bench { try shared.current().bench }

    /// What `kawela ARGUMENTS` prints of the card.
    static func ask(_ arguments: [String]) throws -> String {
        let bench = try bench()
        return try bench.card.server?.ask(arguments, in: bench.run) ?? ""
    }

    /// What `kawela ARGUMENTS` prints of the card while `work` is done.
    static func ask(_ arguments: [String], while work: () throws -> Void) throws -> String {
        let bench = try bench()
        return try bench.card.server?.ask(arguments, in: bench.run, while: work) ?? ""
    }

    /// The running guest with the link of the physical function up.
    static func guest() throws -> Guest {
        let guest = try shared.current().guest
        try guest.bringUpLink()
        return guest
    }

    /// The physical function in the guest's first namespace.
    static func pf() throws -> Station { try guest().station("PF") }
    static func outside() throws -> Station { try bench().outside }

    /// `count` VFs in namespaces of their own, as the driver makes them.
    static func vfs(_ count: Int) throws -> [Station] {
        let guest = try guest()
        let state = try shared.current()
        if state.clean.withLock({ $0 }) != count {
            _ = try guest.isolateVFs(count)
            // The VFs have other addresses than those before them, and nobody was told.
            try outside().run("ip neigh flush all")
            try guest.run("ip neigh flush all")
            state.clean.withLock { $0 = count }
        }
        return (0..<count).map { guest.station(vf: $0) }
    }

    /// The next test gets new VFs.
    static func spoil() { shared.running?.clean.withLock { $0 = nil } }

    /// Kills QEMU without warning and boots another one on the same card.
    static func replaceQEMU() throws -> Guest {
        let old = try shared.current()
        old.guest.machine.process.kill()
        let guest = try old.bench.boot(options)
        shared.replace(with: State(bench: old.bench, guest: guest))
        return guest
    }

    private static let options = GuestOptions.with {
        $0.name = "sriov"
        $0.plugged = .all
    }
}

extension Guest {
    /// What the kernel said since the last call.
    func kernelLog() throws -> String { try run("dmesg -c") }

    /// Waits until the kernel says `text`.
    func waitForKernel(toSay text: String, seconds: Double = 15) throws {
        var said = ""
        try eventually("the kernel says \"\(text)\"; it said\n\(said)", within: seconds, every: 0.5) {
            said += try kernelLog()
            return said.contains(text)
        }
    }

    /// What is set for VF `number` at the physical function, as `ip link set eth0 vf N ...` has it.
    func setVF(_ number: Int, _ setting: String) throws { try run("ip link set eth0 vf \(number) \(setting)") }
}

extension Station {
    func counter(_ name: String, of interface: String = "nic0") throws -> Int {
        let text = try run("cat /sys/class/net/\(interface)/statistics/\(name)")
        return Int(text.filter(\.isNumber)) ?? -1
    }
}
