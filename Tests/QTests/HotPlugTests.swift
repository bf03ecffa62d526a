// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension StockQEMU {
    @Suite("Hot-plug in stock QEMU", .serialized)
    struct HotPlug {
        @Test("plugged into a running machine it carries frames")
        func plug() throws {
            let bench = try Workbench(plugged: .nothing)
            #expect(try !bench.slotIsOccupied())
            try bench.plug()
            try carryFrame(1, over: bench)
        }

        /// A bug of QEMU's, in any vfio-user-pci with MSI-X: QEMU/kawela-sriov.c, at `keep`, has the details.
        @Test("unplugged it is gone, or QEMU aborts as is known of it; the next QEMU has a working card either way")
        func unplugStock() throws {
            let bench = try Workbench()
            try carryFrame(1, over: bench)
            do {
                try bench.unplug()
                #expect(try !bench.slotIsOccupied())
            } catch {
                let known = "memory_region_del_subregion: Assertion `subregion->container == mr' failed"
                #expect("\(error)".contains(known), "the known abort: \(error)")
            }
            #expect(bench.card.server?.process.status == nil, "kawela lives on")
            try bench.replaceQEMU()
            try carryFrame(2, over: bench)
        }

        @Test("with the plugin's device type it is gone when unplugged, and plugged again carries frames, three times")
        func replug() throws {
            let type = FunctionDevice.plugin
            let bench = try Workbench(plugged: .pf(type))
            for round in 1...3 {
                try carryFrame(round, over: bench)
                try bench.unplug()
                #expect(try !bench.slotIsOccupied())
                try bench.plug(type)
            }
            try carryFrame(4, over: bench)
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

    func plug(_ type: FunctionDevice = .stock) throws {
        try machine.qmp.execute("device_add", card.device(type))
        try HostBridge(qtest).setSlotPower(true)
    }
}
