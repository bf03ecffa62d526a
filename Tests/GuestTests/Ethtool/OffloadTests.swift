// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("Offloads", .serialized)
    struct Offloads {
        /// From one step to the next; what one turns off, a later one turns on.
        private static let settings: [GuestKernel: [String]] = [
            .standard: [
                "tso off", "gso off", "tso on gso on", "sg off", "sg on", "tx off", "tx on", "rx off", "gro off",
                "rx on gro on", "rxvlan off", "txvlan off", "rxvlan on txvlan on", "rxhash off", "rxhash on",
                "tx off sg off tso off rx off gro off", "tx on sg on tso on rx on gro on",
            ],
            .newer: ["tso off", "tx off", "rx off gro off", "rxvlan off txvlan off", "tx on tso on rx on gro on"],
        ]

        @Test(
            "each off and on again: the same data comes back, and TCP is cut by the card when it is to",
            .timeLimit(.minutes(5)), arguments: GuestKernel.allCases)
        func each(kernel: GuestKernel) throws {
            let (guest, station, other) = try ends(kernel)
            for setting in try #require(Self.settings[kernel]) {
                try guest.ethtool("-K \(setting)")
                let isOn = try guest.run("ethtool -k eth0").contains("tcp-segmentation-offload: on")
                var isEqual = false
                let growth = try guest.growth { isEqual = try station.exchange(with: other) }
                #expect(isEqual, "\(setting)")
                let segmented = try #require(growth["tx_tcp_seg_good"])
                #expect(isOn ? segmented > 0 : segmented == 0, "\(setting): \(segmented)")
            }
            let wrong = try guest.statistics().filter { $0.key.hasSuffix("csum_err") && $0.value != 0 }
            #expect(wrong.isEmpty)
            #expect(try guest.run("awk '/^Tcp:/ {v = $NF} END {print v}' /proc/net/snmp") == "0\n")
        }

        @Test("over IPv6 too", arguments: GuestKernel.allCases)
        func ipv6(kernel: GuestKernel) throws {
            let (guest, station, other) = try ends(kernel)
            let address = kernel == .standard ? Namespace.address6 : Guest.address6
            var isEqual = false
            let growth = try guest.growth { isEqual = try station.exchange(with: other, at: address) }
            #expect(isEqual)
            #expect(growth["tx_tcp_seg_good", default: 0] > 0)
        }

        /// The guest with `kernel`, and who is at the other end of its cable.
        private func ends(_ kernel: GuestKernel) throws -> (Guest, Station, Station) {
            switch kernel {
            case .standard:
                let guest = try SharedGuest.guest()
                return (guest, guest.station(), try SharedGuest.bench().outside)
            case .newer:
                let pair = try CablePair.current()
                return (pair.b, pair.stationB, pair.stationA)
            }
        }
    }
}
