// SPDX-License-Identifier: Apache-2.0

import Glibc
import KawelaGuest
import Testing

extension RealGuest {
    @Suite(
        "Linux' igbvf under faults on purpose", .serialized,
        .enabled(if: NIC.chosen == .kawela, "faults are injected by Kawela"))
    struct IgbvfFaults {
        @Test(
            "goes on after faults of the wire, interrupts, failed DMA, resets, and with help after a hang or removal",
            .timeLimit(.minutes(8)))
        func recovery() throws {
            let (guest, outside) = try (FaultyGuest.guest(), FaultyGuest.outside())
            let vf = try guest.isolateVFs(1)[0]
            defer { _ = try? guest.setVFs(0) }
            func under(_ fault: String, _ rule: String) throws {
                let count = try FaultyGuest.under([fault: rule], counting: fault) { injected in
                    try vf.start("busybox ping -i 0.1 -c 300 \(outside.address)")
                    try injected.wait(for: fault)
                    try eventually("the VF is back after \(fault)\n\(guest.evidence)", within: 60, every: 0.5) {
                        try vf.ping(outside) == 1
                    }
                }
                #expect(count > 0, "\(fault)")
            }
            for fault in ["loss", "duplicate", "reorder", "corrupt", "crc-error"] {
                try under(fault, "every 3 times 20")
            }
            try under("delay", "every 3 by 50ms times 20")
            try under("link-down", "every 500ms for 1s once")
            try under("lost-interrupt", "every 3 vf0 times 20")
            try under("spurious-interrupt", "every 5ms vf0 times 200")
            try under("rx-hang", "every 500ms for 2s once queue 0")
            try under("dma-error", "every 500ms for 500ms once vf0")
            try under("vf-reset", "every 500ms times 5 vf0")
            try hang(guest, vf, outside)
            try removal(guest, outside)
            #expect(try guest.ping() == 3)
        }

        /// What the VF was set to is gone with it, which igbvf does not find out. New VFs work.
        private func removal(_ guest: Guest, _ outside: Station) throws {
            let faults = try FaultyGuest.under(["removal": "every 100ms for 1s once vf0"], counting: "removal") {
                try $0.wait(for: "removal")
                usleep(1_500_000)
            }
            #expect(faults == 1)
            try guest.setVFs(0)
            let vf = try guest.isolateVFs(1)[0]
            try eventually("a new VF works\n\(guest.evidence)", within: 60, every: 0.5) { try vf.ping(outside) == 1 }
        }

        /// igbvf does not notice, at least while its ring has room. A restart of its interface gets it going.
        private func hang(_ guest: Guest, _ vf: Station, _ outside: Station) throws {
            let faults = try FaultyGuest.under(
                ["tx-hang": "every 100ms for 100s once queue 0"], counting: "tx-hang"
            ) { injected in
                try injected.wait(for: "tx-hang")
                #expect(try vf.ping(outside, count: 3) == 0)
                try vf.run("ip link set nic0 down; ip link set nic0 up")
                try eventually("the VF is back after its hang\n\(guest.evidence)", within: 60, every: 0.5) {
                    try vf.ping(outside) == 1
                }
            }
            #expect(faults == 1)
        }
    }
}
