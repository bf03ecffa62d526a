// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite(
        "DPDK's testpmd under faults on purpose", .serialized,
        .enabled(if: NIC.chosen == .kawela, "faults are injected by Kawela"))
    struct TestPMDFaults {
        @Test(
            "goes on with a VF by itself, but for a restart of its port after a reset, and another port after a removal",
            .timeLimit(.minutes(5)))
        func virtualFunction() throws {
            let guest = try FaultyGuest.guest()
            try guest.setVFs(1)
            // One that testpmd does not choose anew with each port.
            try guest.setVF(0, "mac 52:54:00:82:57:20")
            let vf = try FaultyTestPMD(guest, on: "0000:01:00.1")
            defer {
                try? vf.testpmd.quit()
                _ = try? guest.setVFs(0)
            }
            try vf.goesOnAfterFaultsOfTheWire()
            try vf.tellsWrongChecksums()
            try vf.seesLinkGoAndCome(["lost-interrupt": "every 1 vf0"])
            try vf.goesOn(after: "tx-hang", "every 100ms for 1s once queue 0")
            try vf.goesOn(after: "rx-hang", "every 100ms for 1s once queue 0")
            try vf.goesOn(after: "dma-error", "every 100ms for 500ms once vf0")
            try vf.goesOn(after: "spurious-interrupt", "every 5ms vf0 times 100")
            try vf.stops(after: "vf-reset", "every 100ms once vf0")
            try vf.restart()
            try vf.answers()
            try vf.stops(after: "removal", "every 100ms for 500ms once vf0")
            try vf.detach()
            #expect(try vf.attach())
            try vf.start()
            try vf.answers()
        }

        @Test(
            "goes on with the PF by itself, but for help after lost interrupts, failures of PHY and EEPROM, and a removal",
            .timeLimit(.minutes(6)))
        func physicalFunction() throws {
            let guest = try FaultyGuest.guest()
            let pf = try FaultyTestPMD(guest, on: "0000:01:00.0")
            defer {
                try? pf.testpmd.kill()
                _ = try? guest.takeFromVFIO(pf.function)
            }
            try pf.goesOn(after: "crc-error", "every 2 in times 2")
            #expect(try pf.testpmd.statistic("rx_crc_errors", 0) == 2)
            try pf.goesOn(after: "tx-hang", "every 100ms for 1s once queue 0")
            try pf.goesOn(after: "rx-hang", "every 100ms for 1s once queue 0")
            try pf.goesOn(after: "dma-error", "every 100ms for 500ms once pf")
            try pf.goesOn(after: "spurious-interrupt", "every 5ms pf times 100")
            try removal(pf)
            try lostInterrupt(pf)
            try pf.restart()
            try pf.seesLinkGoAndCome()
            try phyErrors(pf)
            try wrongWords(pf)
            try pf.testpmd.kill()
            try guest.takeFromVFIO(pf.function)
            try guest.bringUpLink()
            #expect(try guest.ping() == 3)
        }

        /// A function that was pulled out answers no register before its memory space is enabled again, and testpmd, which
        /// cannot do that, would wait for semaphores for minutes.
        private func removal(_ pf: FaultyTestPMD) throws {
            try pf.stops(after: "removal", "every 100ms for 500ms once pf")
            try pf.guest.run("setpci -s \(pf.function) COMMAND=6")
            try pf.restart()
            try pf.answers()
        }

        /// The interrupt is what it knows of the link by. The cause of the one that is lost stays set, so there is none for
        /// the next change either.
        private func lostInterrupt(_ pf: FaultyTestPMD) throws {
            let down = "every 100ms for 1s once"
            let lost = try FaultyGuest.under(
                ["lost-interrupt": "every 1 pf", "link-down": down], counting: "lost-interrupt"
            ) { try $0.wait(for: "lost-interrupt") }
            #expect(lost > 0)
            _ = try FaultyGuest.under(["link-down": down], counting: "link-down") { injected in
                try injected.wait(for: "link-down")
                #expect(try pf.isLinkUp(), "it is down")
                try pf.answers()
            }
        }

        private func phyErrors(_ pf: FaultyTestPMD) throws {
            try pf.testpmd("stop", "port stop 0")
            let errors = try FaultyGuest.under(["phy-error": "100%"], counting: "phy-error") { _ in
                let text = try pf.testpmd("port start 0")
                #expect(text.contains("Fail to start port 0"))
            }
            let timeouts = try FaultyGuest.under(["phy-timeout": "100% once"], counting: "phy-timeout") { _ in
                let text = try pf.testpmd("port start 0", seconds: 60)
                #expect(!text.contains("Fail to start port 0"))
            }
            #expect(errors > 0 && timeouts == 1)
            try pf.testpmd("start")
            try pf.answers()
        }

        /// A word that never comes is waited for some minutes.
        private func wrongWords(_ pf: FaultyTestPMD) throws {
            try pf.detach()
            let wrong = try FaultyGuest.under(["nvm-data": "every 16"], counting: "nvm-data") { _ in
                let isAttached = try pf.attach()
                #expect(!isAttached)
            }
            let late = try FaultyGuest.under(["nvm-timeout": "every 4 by 2ms"], counting: "nvm-timeout") { _ in
                let isAttached = try pf.attach()
                #expect(isAttached)
            }
            try pf.start()
            try pf.answers()
            try pf.detach()
            let missing = try FaultyGuest.under(["nvm-timeout": "every 16 once"], counting: "nvm-timeout") { _ in
                #expect(throws: GuestError.self) { try pf.testpmd("port attach \(pf.function)", seconds: 4) }
            }
            #expect(wrong > 0 && late > 0 && missing == 1)
        }
    }
}
