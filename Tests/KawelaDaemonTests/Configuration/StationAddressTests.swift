// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Testing

@testable import KawelaDaemon

@Suite("A NIC's MAC address") struct StationAddressTests {
    @Test("may be any unicast address", arguments: ["52:54:00:12:34:56", "00:1B:21:00:00:01"])
    func unicast(_ text: String) throws {
        #expect(try MACAddress.station(text).description == text.lowercased())
    }

    @Test(
        "is not", arguments: ["", "52:54:00:12:34", "52-54-00-12-34-56", "52:54:00:12:34:5g", "52:54:00:12:34:56 "])
    func malformed(_ text: String) {
        let error = #expect(throws: InvalidSetting.self) { try MACAddress.station(text) }
        #expect(error?.message.contains("'\(text)' is not a MAC address") == true)
    }

    @Test("is no group's", arguments: ["01:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff"])
    func multicast(_ text: String) {
        let error = #expect(throws: InvalidSetting.self) { try MACAddress.station(text) }
        #expect(error?.message.contains("multicast") == true)
    }

    @Test("is not zero")
    func zero() {
        let error = #expect(throws: InvalidSetting.self) { try MACAddress.station("00:00:00:00:00:00") }
        #expect(error?.message.contains("all-zero") == true)
    }

    @Test("is made from the socket and the machine: the same each time, in 52:54:00")
    func derived() {
        let address = MACAddress.derived(fromSocket: "/run/a.sock", machine: "m")
        #expect(address == MACAddress.derived(fromSocket: "/run/a.sock", machine: "m"))
        #expect(address.description.hasPrefix("52:54:00:"))
        #expect(address != MACAddress.derived(fromSocket: "/run/b.sock", machine: "m"))
        #expect(address != MACAddress.derived(fromSocket: "/run/a.sock", machine: "n"))
    }

    @Test("hashes as FNV-1a is published")
    func hash() {
        #expect(stableHash("") == 0xCBF2_9CE4_8422_2325)
        #expect(stableHash("a") == 0xAF63_DC4C_8601_EC8C)
        #expect(stableHash("foobar") == 0x8594_4171_F739_67E8)
    }
}
