// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Intel82576

@Suite("The general registers")
struct GeneralRegistersTests {
    @Test("put a gigabit full-duplex link into STATUS where drivers look for it")
    func status() {
        var status = STATUS(raw: 0)
        status.isLinkUp = true
        status.isFullDuplex = true
        status.speed = .megabits1000
        status.isMasterEnabled = true
        #expect(status.raw == 0x0008_0083)
        status.speed = .megabits100
        #expect(status.raw == 0x0008_0043)
    }

    @Test("round-trip every speed", arguments: LinkSpeed.allCases)
    func speed(_ speed: LinkSpeed) {
        var status = STATUS(raw: .max)
        status.speed = speed
        #expect(status.speed == speed)
    }

    @Test("read CTRL as drivers write it")
    func control() {
        let control = CTRL(raw: 0x8400_1B44)
        #expect(control.resets && control.resetsPHY && control.disablesMaster && control.setsLinkUp)
        #expect(control.forcesSpeed && control.forcesDuplex && control.speed == .megabits1000)
        #expect(!control.isFullDuplex && !control.usesVLAN && !control.receivesPause)
    }

    @Test("read CTRL_EXT as drivers write it")
    func extendedControl() {
        let control = CTRL_EXT(raw: 0x1000_4000)
        #expect(control.isDriverLoaded && control.isPhysicalFunctionReady && !control.reloads)
    }
}
