import KawelaGuest
import Testing

extension StockQEMU {
    @Suite("Hot-plug in stock QEMU", .serialized)
    struct HotPlug {
        @Test("unplugged it is gone, and plugged again it carries frames, three times")
        func replug() throws {
            let bench = try Workbench()
            for round in 1...3 {
                var driver = try bench.driver()
                let sent = frame(round, to: [2, 0, 0, 0, 0, 9])
                try driver.transmit([sent])
                #expect(try bench.cable.receive() == sent)
                try bench.unplug()
                #expect(try !driver.function.isPresent)
                try bench.plug()
            }
            #expect(try bench.function().isPresent)
        }
    }
}

extension Workbench {
    /// Asks QEMU, then plays the guest that lets go of the slot.
    func unplug() throws {
        try machine.qmp.execute("device_del", ["id": "nic"])
        try HostBridge(qtest).setSlotPower(false)
        try machine.qmp.wait(for: "DEVICE_DELETED")
    }

    func plug() throws {
        try machine.qmp.execute("device_add", card.device())
        try HostBridge(qtest).setSlotPower(true)
    }
}
