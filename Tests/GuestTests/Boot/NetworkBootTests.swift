// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("A boot from the network", .serialized)
    struct NetworkBoot {
        /// iPXE uses legacy descriptors, polls, and never waits for an interrupt.
        @Test(
            "iPXE's own driver gets an address and a kernel, and igb takes over; neither does anything wrong",
            .timeLimit(.minutes(10)),
            arguments: [BootProtocol.http, .tftp])
        func iPXE(way: BootProtocol) throws {
            let bench = try Bench(control: true)
            defer { bench.close() }
            try bench.watchDrivers()
            let options = GuestOptions.with {
                $0.name = "ipxe"
                $0.networkBoot = true
                $0.kernelOptions = "kawela.from=network"
            }
            let server = try bench.serveBoot(options, by: way)
            let guest = try bench.start(options)
            try guest.waitUntilReady(seconds: 400)
            #expect(guest.consoleText.contains("using 82576 on"))
            for file in ["boot.ipxe", "vmlinuz", "initrd"] { #expect(server.output.contains(file)) }
            #expect(try guest.run("cat /proc/cmdline").contains("kawela.from=network"))
            try guest.bringUpLink()
            #expect(try guest.ping() == 3)
            #expect(try guest.driverComplaints().isEmpty)
            try bench.expectNoMisuse(but: .ofIntel)
        }
    }
}
