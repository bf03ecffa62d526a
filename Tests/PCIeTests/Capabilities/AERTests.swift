// SPDX-License-Identifier: Apache-2.0

import PCIe
import Testing

@Suite("Advanced Error Reporting capability") struct AERTests {
    private func makeSpace() -> ConfigurationSpace {
        var space = ConfigurationSpace()
        AER(
            uncorrectableErrors: [.completionTimeout, .malformedTLP, .unsupportedRequest],
            severity: [.malformedTLP, .init(rawValue: 1)],
            correctableErrors: [.receiver, .advisoryNonFatal], correctableMask: .advisoryNonFatal
        ).install(in: &space, at: 0x100)
        return space
    }

    @Test("golden bytes")
    func golden() {
        #expect(
            makeSpace().dwords(at: 0x100, count: 11) == [
                0x0001_0001, 0, 0, 0x0004_0001, 0, 0x0000_2000, 0, 0, 0, 0, 0,
            ])
    }

    @Test("masks and severity can be written for the errors that the function can report")
    func masks() {
        #expect(
            makeSpace().afterWritingOnes(at: 0x100, dwords: 11) == [
                0x0001_0001, 0, 0x0014_4000, 0x0014_4001, 0, 0x0000_2001, 0, 0, 0, 0, 0,
            ])
    }

    @Test("status survives resets and clears by writing one")
    func sticky() {
        var space = makeSpace()
        let log: [UInt32] = [20, 1, 2, 3, 4]
        for (word, value) in log.enumerated() { space.store(value, at: 0x118 + 4 * word) }
        space.store(UInt32(0x0010_0000), at: 0x104)
        space.store(UInt32(0x2001), at: 0x110)
        space.write(at: 0x108, width: 4, 0x4000)
        space.reset(.functionLevel)
        space.reset(.conventional)
        #expect(
            space.dwords(at: 0x104, count: 10) == [
                0x0010_0000, 0x4000, 0x0004_0001, 0x2001, 0x2000, 20, 1, 2, 3, 4,
            ])
        space.write(at: 0x104, width: 4, 0x0010_0000)
        space.write(at: 0x110, width: 4, 0x0000_0001)
        #expect(space.read(at: 0x104, width: 4) == 0)
        #expect(space.read(at: 0x110, width: 4) == 0x2000)
        space.reset(.powerOn)
        #expect(space.image == makeSpace().image)
    }
}

@Suite("Device Serial Number and ARI capabilities") struct IdentityCapabilityTests {
    @Test("the serial number's last byte comes first, and nothing can be written")
    func serialNumber() {
        var space = ConfigurationSpace()
        SerialNumber(0x001B_21FF_FF2B_46E0).install(in: &space, at: 0x100)
        let golden: [UInt8] = [0x03, 0x00, 0x01, 0x00, 0xE0, 0x46, 0x2B, 0xFF, 0xFF, 0x21, 0x1B, 0x00]
        #expect(space.bytes(at: 0x100, count: 12) == golden)
        #expect(space.afterWritingOnes(at: 0x100, dwords: 3) == space.dwords(at: 0x100, count: 3))
    }

    @Test("ARI names the next function, and nothing can be written")
    func ari() {
        var space = ConfigurationSpace()
        ARI(nextFunction: 1).install(in: &space, at: 0x100)
        #expect(space.dwords(at: 0x100, count: 2) == [0x0001_000E, 0x0000_0100])
        #expect(space.afterWritingOnes(at: 0x100, dwords: 2) == space.dwords(at: 0x100, count: 2))
    }
}
