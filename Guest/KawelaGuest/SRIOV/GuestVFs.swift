// SPDX-License-Identifier: Apache-2.0

import Foundation

/// SR-IOV as the guest with the physical function does it.
extension Guest {
    private static let pf = "/sys/class/net/\(interface)/device"

    /// Writes sriov_numvfs, 0 before another number as Linux demands, and waits until igbvf has an interface for each VF
    /// (or all are gone).
    public func setVFs(_ count: Int, seconds: Double = 30) throws {
        let file = "\(Self.pf)/sriov_numvfs"
        try run("modprobe igbvf; echo 0 >\(file) && { [ \(count) = 0 ] || echo \(count) >\(file); }", seconds: 60)
        try eventually("\(count) interfaces of VFs\n\(evidence)", within: seconds, every: 0.1) {
            try vfInterfaces().count == count && functions().count == count
        }
    }

    /// The links virtfn0, virtfn1, ... to the VFs that are enabled.
    public func functions() throws -> [String] {
        try run("ls -d \(Self.pf)/virtfn* 2>/dev/null; true").split(separator: "\n").map(String.init)
    }

    /// The folder of VF `number` in sysfs.
    public func vfDevice(_ number: Int) -> String { "\(Self.pf)/virtfn\(number)" }

    /// The interfaces of VFs in the guest's first namespace, in the order of the VFs.
    public func vfInterfaces() throws -> [String] {
        let found = try run("for n in 0 1 2 3 4 5 6; do ls \(Self.pf)/virtfn$n/net 2>/dev/null; done; true")
        return found.split(separator: "\n").map(String.init)
    }

    public static func vfAddress(_ number: Int) -> String { "10.82.57.\(20 + number)" }
    public static func vfAddress6(_ number: Int) -> String { "fd82:576::\(20 + number)" }

    /// Moves the interface of VF `number` to a namespace `vfN` of its own, gives it addresses and waits for its carrier.
    public func isolate(vf number: Int) throws -> Station {
        try move(vf: number)
        let station = self.station(vf: number)
        try waitForCarrier(of: station)
        return station
    }

    private func move(vf number: Int) throws {
        let name = "vf\(number)"
        try run(
            """
            mkdir -p /var/run/netns; ip netns del \(name) 2>/dev/null; set -e
            interface=$(ls \(vfDevice(number))/net)
            ip netns add \(name); ip link set $interface netns \(name)
            ip -n \(name) link set $interface name nic0
            ip -n \(name) link set lo up; ip -n \(name) link set nic0 up
            ip -n \(name) addr add \(Self.vfAddress(number))/24 dev nic0
            ip -n \(name) addr add \(Self.vfAddress6(number))/64 dev nic0 nodad
            """)
    }

    /// The namespace that ``isolate(vf:)`` made.
    public func station(vf number: Int) -> Station {
        Station("VF \(number)", Self.vfAddress(number)) {
            // The command goes in by a file: it may have quotes of its own.
            let code = Data($0.utf8).base64EncodedString()
            let enter = "f=$(mktemp); echo \(code) | base64 -d >$f; ip netns exec vf\(number) sh $f; s=$?"
            return try self.attempt("\(enter); rm -f $f; exit $s", seconds: $1)
        }
    }

    /// Waits until `nic0` of a VF's namespace has its link up.
    public func waitForCarrier(of vf: Station, seconds: Double = 20) throws {
        try eventually("carrier on \(vf)\n\(evidence)", within: seconds, every: 0.2) {
            try vf.attempt("cat /sys/class/net/nic0/carrier").output.hasPrefix("1")
        }
    }

    /// Enables `count` VFs, each in a namespace of its own.
    ///
    /// igbvf comes after them: igb resets the card once more when VFs are enabled, and an igbvf that was there before has
    /// to notice that, which takes it ten seconds.
    public func isolateVFs(_ count: Int) throws -> [Station] {
        try setVFs(0)
        try run("rmmod igbvf; echo \(count) >\(Self.pf)/sriov_numvfs", seconds: 60)
        try waitForCarrier()
        try run("modprobe igbvf")
        try eventually("\(count) interfaces of VFs\n\(evidence)", within: 30, every: 0.1) {
            try vfInterfaces().count == count
        }
        for number in 0..<count { try move(vf: number) }
        let stations = (0..<count).map { station(vf: $0) }
        for station in stations { try waitForCarrier(of: station) }
        return stations
    }
}

/// A VF as the guest's own card, of which the guest does not know the physical function.
extension Guest {
    /// Loads igbvf unless it is loaded, gives the interface the addresses of VF `number` and waits for the carrier.
    public func bringUpVF(_ number: Int) throws -> Station {
        try run("modprobe igbvf; ip link set \(Self.interface) up")
        try run("ip addr replace \(Self.vfAddress(number))/24 dev \(Self.interface)")
        try run("ip addr replace \(Self.vfAddress6(number))/64 dev \(Self.interface) nodad")
        try waitForCarrier()
        return station(address: Self.vfAddress(number))
    }
}

extension Bench {
    /// Boots `count` guests at the same time, guest n with VF n and nothing else.
    public func bootVFGuests(_ count: Int) throws -> [Guest] {
        let guests = try (0..<count).map { try start(Self.vfOptions($0)) }
        for guest in guests { try guest.waitUntilReady() }
        return guests
    }

    public static func vfOptions(_ number: Int) -> GuestOptions {
        .with {
            $0.name = "vm\(number)"
            $0.processors = 1
            $0.plugged = .vfs([number])
        }
    }
}
