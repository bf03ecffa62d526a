// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport

@testable import KawelaDaemon

/// A port with three VFs that talk to each other, and their rings, whose frames are captured.
final class VFBench {
    let driver = TestDriver(virtualFunctions: 3)
    let hub: CaptureHub
    private let vfs: [TestVirtualFunction]
    private var transmit: [TestDriver.TransmitRing] = []
    private var receive: [TestDriver.ReceiveRing] = []

    init() {
        hub = CaptureHub(driver.port)
        driver.enableVirtualFunctions(3)
        vfs = (0..<3).map(driver.makeVirtualFunction)
        driver.start()
        driver[raw: MRQC.self] = 3
        // Replication; VF 1 is the default pool.
        driver[raw: VT_CTL.self] = 1 << 30 | 1 << 7
        // VF 2's source addresses are checked.
        driver[raw: DTXSWC.self] = 1 << 31 | 1 << 2
        for index in 0..<3 {
            driver[raw: RAL.self, 16 + index] = 0x0000_0002
            driver[raw: RAH.self, 16 + index] = 1 << 31 | 1 << UInt32(18 + index) | UInt32(0xA0 + index) << 8
        }
        driver.enableReceive()
        (driver[raw: VFRE.self], driver[raw: VFTE.self]) = (7, 7)
        for vf in vfs {
            vf.start()
            transmit.append(vf.makeTransmitRing())
            receive.append(vf.makeReceiveRing(count: 8))
        }
    }

    /// VF `number`'s address; 9 is nobody's here.
    static func address(_ number: Int) -> [UInt8] { [2, 0, 0, 0, 0, 0xA0 + UInt8(number)] }

    static func frame(from source: Int, to destination: Int) -> [UInt8] {
        address(destination) + address(source) + [0x88, 0xB5] + (0..<50).map { UInt8($0) }
    }

    func send(from source: Int, to destination: Int, as claimed: Int? = nil) {
        vfs[source].send(Self.frame(from: claimed ?? source, to: destination), to: &transmit[source])
        driver.advance()
    }
}
