// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@testable import EmbeddedDriver

@Suite("Misuse on the real device")
struct MisuseTests {
    @Test("is not reported of the embedded driver and VFs' drivers that start, ask, send, receive and reset")
    func quietness() throws {
        let bench = try DeviceBench { $0[1].portVLAN = .init(identifier: 5) }
        let (first, second) = (VFDriver(0, bench).open(), VFDriver(1, bench).open())
        let frame = frame(to: broadcast, from: 1)
        first.send(frame)
        bench.arrive(frame)
        #expect(first.receive() == frame && bench.takeSent() == [frame] && second.receive() == nil)
        #expect(first.ask(0x0001_0004, 7) != nil)
        bench.setUplink(up: false)
        bench.setUplink(up: true)
        #expect(first.reset() != nil && second.open().reset() != nil)
        #expect(bench.misuse == [])
    }

    @Test("is reported of a VF's driver that writes a message without owning the mailbox")
    func mailbox() throws {
        let bench = try DeviceBench()
        let function = VFDriver(1, bench).vf
        function[raw: VMBMEM.self, 0] = 1
        #expect(bench.misuse.map(\.rule) == [.mailboxNotOwned])
    }
}

extension DeviceBench {
    /// What has been reported, without remarks.
    fileprivate var misuse: [MisuseReport] { lint.take().reports.filter { $0.rule.severity == .misuse } }
}
