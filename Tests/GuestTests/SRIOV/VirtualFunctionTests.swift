// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("Virtual functions in the guest of the physical function", .serialized)
    struct VirtualFunctions {
        @Test("0, 7, 0 and 2 of them come and go, each with its driver and an interface", .timeLimit(.minutes(4)))
        func cycle() throws {
            let guest = try SharedSRIOVGuest.guest()
            defer { SharedSRIOVGuest.spoil() }
            #expect(try guest.run("cat /sys/class/net/eth0/device/sriov_totalvfs") == "7\n")
            for count in [0, 7, 0, 2] {
                try guest.setVFs(count)
                let drivers = try guest.run(
                    "for f in \(Guest.interfaceDevice)/virtfn*; do readlink $f/driver; done; true")
                #expect(drivers.split(separator: "\n").filter { $0.hasSuffix("/igbvf") }.count == count)
                let identities = try guest.run("lspci -n -d 8086:10ca").split(separator: "\n")
                #expect(identities.count == count)
            }
        }

        @Test("more of them than there are is refused", .timeLimit(.minutes(2)))
        func tooMany() throws {
            let guest = try SharedSRIOVGuest.guest()
            try guest.setVFs(0)
            defer { SharedSRIOVGuest.spoil() }
            #expect(try !guest.attempt("echo 8 >\(Guest.interfaceDevice)/sriov_numvfs").succeeded)
            #expect(try guest.functions().isEmpty)
        }

        @Test("igbvf reloads three times and carries traffic each time", .timeLimit(.minutes(4)))
        func reload() throws {
            let guest = try SharedSRIOVGuest.guest()
            defer { SharedSRIOVGuest.spoil() }
            try guest.setVFs(2)
            for _ in 1...3 {
                try guest.run("rmmod igbvf")
                #expect(try guest.vfInterfaces().isEmpty)
                try guest.run("modprobe igbvf")
                try eventually("two interfaces", within: 10) { try guest.vfInterfaces().count == 2 }
                let vf = try guest.isolate(vf: 1)
                #expect(try vf.ping(SharedSRIOVGuest.outside(), count: 2) >= 1)
            }
        }

        @Test("a function-level reset of one does not disturb another's traffic", .timeLimit(.minutes(3)))
        func functionReset() throws {
            let (guest, outside) = try (SharedSRIOVGuest.guest(), SharedSRIOVGuest.outside())
            let vfs = try SharedSRIOVGuest.vfs(3)
            defer { SharedSRIOVGuest.spoil() }
            let before = try vfs[1].counter("rx_packets")
            try vfs[1].start("busybox ping -i 0.1 -c 60 \(outside.address)")
            for _ in 1...3 {
                try guest.run("echo 1 >\(guest.vfDevice(0))/reset")
                #expect(try vfs[1].ping(outside) == 1)
            }
            try vfs[0].run("ip link set nic0 down; ip link set nic0 up")
            try guest.waitForCarrier(of: vfs[0])
            #expect(try vfs[0].ping(outside, count: 3) >= 2)
            #expect(try vfs[0].reached([vfs[1]]).count == 1)
            try eventually("the 60 answers", within: 20, every: 0.5) {
                try vfs[1].counter("rx_packets") >= before + 60
            }
        }
    }
}

extension Guest {
    static let interfaceDevice = "/sys/class/net/\(interface)/device"
}
