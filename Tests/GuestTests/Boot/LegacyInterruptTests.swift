import KawelaGuest
import Testing

extension RealGuest {
    @Suite("A machine without message signalled interrupts", .serialized)
    struct LegacyInterrupts {
        @Test("INTx serves traffic both ways and the self-test", .timeLimit(.minutes(5)))
        func pin() throws {
            let bench = try Bench()
            defer { bench.close() }
            let guest = try bench.boot(
                .with {
                    $0.name = "intx"
                    $0.kernelOptions = "pci=nomsi"
                })
            try guest.bringUpLink()
            #expect(try guest.run("grep eth0 /proc/interrupts").contains("IO-APIC"))
            #expect(try guest.station().exchange(with: bench.outside))
            #expect(try guest.station().send(to: bench.outside).bytes > 500_000)
            #expect(try bench.outside.send(to: guest.station()).bytes > 500_000)
            #expect(try guest.selfTest("offline") == Guest.passed)
            #expect(try guest.ping() == 3)
            #expect(try guest.driverComplaints().isEmpty)
        }
    }
}
