// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// The steps that drivers take, as igb, igbvf and DPDK write them to the registers.
@Suite("Mailbox sequences of drivers") struct DriverSequenceTests {
    let bench = VirtualBench(1)
    var driver: TestDriver { bench.driver }
    var vf: TestVirtualFunction { bench.vf }

    // MARK: Steps of the VF's driver

    /// Polls as igbvf and DPDK do: go on when neither RSTI nor RSTD is set. How many reads it took.
    private func awaitReset() -> Int? { (1...200).first { _ in vf[raw: VFMAILBOX.self] & 0xC0 == 0 } }

    private func send(_ message: [UInt32]) {
        vf[raw: VFMAILBOX.self] = 4
        #expect(vf[raw: VFMAILBOX.self] & 4 != 0)
        for (word, value) in message.enumerated() { vf[raw: VMBMEM.self, word] = value }
        vf[raw: VFMAILBOX.self] = 1
    }

    private func receive(_ count: Int) -> [UInt32]? {
        guard vf[raw: VFMAILBOX.self] & 0x10 != 0 else { return nil }
        vf[raw: VFMAILBOX.self] = 4
        let message = (0..<count).map { vf[raw: VMBMEM.self, $0] }
        vf[raw: VFMAILBOX.self] = 2
        return message
    }

    // MARK: Steps of the PF's driver

    private func takeRequest(_ count: Int) -> [UInt32]? {
        guard driver[raw: MBVFICR.self] & 1 << 1 != 0 else { return nil }
        driver[raw: MBVFICR.self] = 1 << 1
        driver[raw: PFMAILBOX.self, 1] = 8
        #expect(driver[raw: PFMAILBOX.self, 1] & 8 != 0)
        let message = (0..<count).map { driver[raw: VMBMEM.self, 16 + $0] }
        driver[raw: PFMAILBOX.self, 1] = 2
        return message
    }

    private func reply(_ message: [UInt32]) {
        driver[raw: PFMAILBOX.self, 1] = 8
        #expect(driver[raw: PFMAILBOX.self, 1] & 8 != 0)
        driver[raw: MBVFICR.self] = 1 << 17 | 1 << 1
        for (word, value) in message.enumerated() { driver[raw: VMBMEM.self, 16 + word] = value }
        driver[raw: PFMAILBOX.self, 1] = 1
    }

    // MARK: The reset handshake

    @Test("a VF resets at once while the PF is up")
    func virtualReset() {
        vf[0] |= 1 << 26
        #expect(vf[0] == 0)
        #expect(awaitReset() == 1)
    }

    @Test("from PF reset until PFRSTD the VF waits; then it takes one more read, that of RSTD")
    func physicalReset() {
        driver[0] = 1 << 26
        vf[0] = 1 << 26
        #expect(awaitReset() == nil)
        driver[raw: CTRL_EXT.self] |= 1 << 14
        #expect(awaitReset() == 2)
        #expect(awaitReset() == 1)
    }

    @Test("a VF that comes before the PF's driver waits for it")
    func beforeDriver() {
        let driver = TestDriver(virtualFunctions: 8)
        driver.enableVirtualFunctions(1)
        let vf = driver.makeVirtualFunction(0)
        vf[0] = 1 << 26
        #expect(vf[raw: VFMAILBOX.self] == 0x40)
        driver[raw: CTRL_EXT.self] = 1 << 14
        #expect(vf[raw: VFMAILBOX.self] == 0x80 && vf[raw: VFMAILBOX.self] == 0)
    }

    @Test("rewriting CTRL_EXT with PFRSTD in it is no news")
    func rewritten() {
        driver[raw: CTRL_EXT.self] |= 1 << 28
        #expect(driver[raw: CTRL_EXT.self] & 1 << 14 != 0)
        #expect(vf[raw: VFMAILBOX.self] == 0)
    }

    @Test("CTRL.RST and PFRSTD interrupt a VF that listens")
    func announced() {
        driver[0] = 1 << 26
        #expect(vf.host.msix == [2])
        vf[raw: PVTEIMS.self] = 4
        driver[raw: CTRL_EXT.self] = 1 << 14
        #expect(vf.host.msix == [2, 2])
        #expect(vf[raw: VFMAILBOX.self] == 0x80)
    }

    // MARK: Messages

    @Test("VF_RESET from igbvf to igb and back with the address")
    func resetMessage() {
        vf[0] = 1 << 26
        #expect(driver[raw: VFLRE.self] == 2)
        driver[raw: VFLRE.self] = 2
        _ = vf[raw: VFMAILBOX.self]
        send([1])
        #expect(takeRequest(1) == [1])
        #expect(vf[raw: VFMAILBOX.self] & 0x20 != 0)
        driver[raw: VFRE.self] |= 2
        driver[raw: VFTE.self] |= 2
        reply([0x8000_0001, 0x0403_0201, 0x0605])
        #expect(receive(3) == [0x8000_0001, 0x0403_0201, 0x0605])
        #expect(driver[raw: MBVFICR.self] == 1 << 17)
    }

    @Test("igb keeps the buffer from reading a request to writing its reply")
    func unlockVariant() {
        send([0x0001_0004, 100])
        driver[raw: MBVFICR.self] = 2
        driver[raw: PFMAILBOX.self, 1] = 8
        let message = [driver[raw: VMBMEM.self, 16], driver[raw: VMBMEM.self, 17]]
        driver[raw: PFMAILBOX.self, 1] = 2 | 8
        #expect(message == [0x0001_0004, 100] && driver[raw: PFMAILBOX.self, 1] == 8)
        vf[raw: VFMAILBOX.self] = 4
        #expect(vf[raw: VFMAILBOX.self] & 4 == 0)
        driver[raw: VMBMEM.self, 16] = 0xA001_0004
        driver[raw: PFMAILBOX.self, 1] = 1
        #expect(receive(1) == [0xA001_0004])
    }

    @Test("the ping of a link change wakes the mailbox vector, and its word stays readable")
    func ping() {
        vf.host.msix = []
        reply([0x2000_0100])
        #expect(vf.host.msix == [2])
        #expect(receive(1) == [0x2000_0100])
        #expect(vf[raw: VMBMEM.self] == 0x2000_0100 && driver[raw: MBVFICR.self] == 1 << 17)
    }

    @Test("DPDK's VF, with one auto-cleared vector for everything, reads VTEICR as zero when it fires")
    func dpdk() {
        vf[raw: PVTEIMC.self] = 7
        vf[raw: IVAR_MISC.self] = 0x80
        vf[raw: PVTEIAM.self] = 1
        vf[raw: PVTEIAC.self] = 1
        vf[raw: PVTEIMS.self] = 1
        vf.host.msix = []
        driver[raw: PFMAILBOX.self, 1] = 1
        #expect(vf.host.msix == [0])
        #expect(vf[raw: PVTEICR.self] == 0 && vf[raw: VFMAILBOX.self] == 0x10)
    }
}
