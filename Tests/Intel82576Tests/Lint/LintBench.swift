// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// A port whose drivers are watched. The link is up, and the transmitter is on.
final class LintBench {
    let driver = TestDriver(virtualFunctions: 2)
    let lint: Lint

    init() {
        driver.start()
        lint = Lint(watching: driver.port)
    }

    /// The rules reported since the last call.
    func takeRules() -> [MisuseRule] { lint.take().reports.map(\.rule) }

    /// A VF that is started.
    /// - Parameter isReady: the PF has said that its reset is done.
    func makeVF(_ index: Int = 0, isReady: Bool = true) -> TestVirtualFunction {
        driver.enableVirtualFunctions(2)
        if isReady { driver[CTRL_EXT.self].isPhysicalFunctionReady = true }
        let function = driver.makeVirtualFunction(index)
        function.start()
        return function
    }

    /// Receive queue 2, which takes 63 descriptors of `control` after `edit` has changed them.
    func makeReceiveRing(_ control: UInt32, _ edit: (_ descriptor: UInt64, TestMemory) -> Void) {
        let ring = driver.makeReceiveRing(2)
        driver[raw: RXDCTL.self, 2] = 0
        (driver[raw: RDH.self, 2], driver[raw: RDT.self, 2], driver[raw: SRRCTL.self, 2]) = (0, 0, control)
        for index in ring.buffers.indices { edit(ring.base + UInt64(16 * index), driver.memory) }
        driver[raw: RXDCTL.self, 2] = 1 << 25
        driver[raw: RDT.self, 2] = 63
    }

    /// Sends one packet of queue 2 behind what `prepare` posts, or what it posts alone.
    func send(
        _ frame: [UInt8]? = TestDriver.frame(), command: UInt64 = 0, options: UInt64 = 0, payloadLength: Int? = nil,
        count: Int = 64, _ prepare: (TestDriver, inout TestDriver.TransmitRing) -> Void = { _, _ in }
    ) {
        var ring = driver.makeTransmitRing(2, count: count)
        prepare(driver, &ring)
        if let frame {
            driver.post(
                pieces: [frame], command: command, options: options, payloadLength: payloadLength, to: &ring)
        }
        driver.ring(ring)
    }

    /// A TCP packet of `length` bytes to be segmented, with 54 bytes of headers.
    func segment(_ length: Int = 100, size: Int = 20) {
        send(TestDriver.frame(length: length), command: 1 << 31, payloadLength: length - 54) { driver, ring in
            driver.postContext(l4: 20, segmentSize: size, to: &ring)
        }
    }

    func claimPHY() {
        _ = driver[raw: SWSM.self]
        driver[raw: SWSM.self] = 3
        driver[raw: SW_FW_SYNC.self] = 2
        driver[raw: SWSM.self] = 0
    }

    /// An address of BAR 0 where no register is.
    static let hole = (0..<RegisterMap.wordCount).first { RegisterMap.shared[$0] == nil }! * 4
}

/// What breaks one rule and no other, and what is right.
struct LintCase: CustomTestStringConvertible, Sendable {
    var rule: MisuseRule
    var wrong: @Sendable (LintBench) -> Void
    var right: @Sendable (LintBench) -> Void

    init(
        _ rule: MisuseRule, wrong: @escaping @Sendable (LintBench) -> Void,
        right: @escaping @Sendable (LintBench) -> Void
    ) { (self.rule, self.wrong, self.right) = (rule, wrong, right) }

    var testDescription: String { rule.rawValue }
}
