import KawelaGuest
import Testing

extension StockQEMU {
    @Suite("Hot-plug in stock QEMU", .serialized)
    struct HotPlug {
        @Test("plugged into a running machine it carries frames")
        func plug() throws {
            let bench = try Workbench(plugged: false)
            #expect(try !bench.slotIsOccupied())
            try bench.plug()
            try carryFrame(1, over: bench)
        }

        /// QEMU's vfio-user-pci takes the MSI-X pending-bit region out of its BAR in `instance_finalize`, when the BAR,
        /// a child object, is gone already, and aborts. Only that abort is tolerated, and only until a QEMU without it.
        @Test("unplugged it is gone, and plugged again it carries frames, three times")
        func replug() throws {
            let bench = try Workbench()
            try withKnownIssue("device_del of any vfio-user-pci with MSI-X aborts QEMU 11.1", isIntermittent: true) {
                for round in 1...3 {
                    try carryFrame(round, over: bench)
                    try bench.unplug()
                    #expect(try !bench.slotIsOccupied())
                    try bench.plug()
                }
                try carryFrame(4, over: bench)
            } when: {
                bench.card.nic == .kawela
            } matching: { issue in
                issue.error.map { "\($0)".contains("Assertion `subregion->container == mr' failed") } ?? false
            }
        }

        @Test("when QEMU is killed, the next one on the same socket carries frames, five times")
        func replaceQEMU() throws {
            let bench = try Workbench()
            for round in 1...5 {
                try carryFrame(round, over: bench)
                try bench.replaceQEMU()
            }
            try carryFrame(6, over: bench)
        }

        private func carryFrame(_ number: Int, over bench: Workbench) throws {
            var driver = try bench.driver()
            let (sent, received) = (frame(number, to: [2, 0, 0, 0, 0, 9]), frame(number, to: bench.mac))
            try driver.transmit([sent])
            #expect(try bench.cable.receive() == sent)
            try bench.cable.send([received])
            #expect(try driver.receive(1) == [received])
        }
    }
}

extension Workbench {
    func slotIsOccupied() throws -> Bool {
        let bridge = try HostBridge(qtest)
        return try qtest.read32(bridge.configAddress(bus: 1, device: 0)) != .max
    }

    /// Asks QEMU, then plays the guest that lets go of the slot.
    func unplug() throws {
        try machine.qmp.execute("device_del", ["id": "nic"])
        try HostBridge(qtest).setSlotPower(false)
        try machine.qmp.wait(for: "DEVICE_DELETED")
        // QEMU lets go of the last reference a moment after the event; a command waits for that.
        try machine.qmp.execute("query-status")
    }

    func plug() throws {
        try machine.qmp.execute("device_add", card.device())
        try HostBridge(qtest).setSlotPower(true)
    }
}
