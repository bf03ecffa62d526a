// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@Suite("A queue")
struct QueueVectorTests {
    let driver = TestDriver()

    init() {
        driver.start()
        driver.enableMSIX()
    }

    /// To the port, of a type that RSS looks at.
    static let frame: [UInt8] =
        [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 9, 8, 0, 0x45, 0, 0, 46, 0, 0, 0, 0, 64, 253, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
        + Array(repeating: 0, count: 26)

    /// The vector of a queue that neither equals the queue nor leaves the table.
    static func vector(_ queue: Int) -> Int { (queue + 3) % 10 }

    static func entry(_ queue: Int, _ shift: UInt32, _ valid: UInt32 = 0x80) -> UInt32 {
        (valid | UInt32(vector(queue))) << (queue < 8 ? shift : shift + 16)
    }

    func transmit(_ queue: Int, packets: Int = 1) {
        var ring = driver.makeTransmitRing(queue, count: 16)
        for _ in 0..<packets { driver.post(pieces: [Self.frame], to: &ring) }
        driver.ring(ring)
    }

    /// Steers all frames to `queue` by RSS.
    func prepareReceive(_ queue: Int) -> TestDriver.ReceiveRing {
        for index in 0..<32 { driver[.RETA, index] = UInt32(queue) * 0x0101_0101 }
        driver[.MRQC] = 0x0002_0002
        let ring = driver.makeReceiveRing(queue, count: 8)
        driver.enableReceive()
        return ring
    }

    @Test("that transmits sends the message IVAR has for it", arguments: 0..<16)
    func transmits(queue: Int) {
        driver[.IVAR, queue & 7] = Self.entry(queue, 8)
        transmit(queue)
        #expect(driver.host.takeMSIX() == [Self.vector(queue)])
    }

    @Test("that receives sends the message IVAR has for it", arguments: 0..<16)
    func receives(queue: Int) throws {
        var ring = prepareReceive(queue)
        driver[.IVAR, queue & 7] = Self.entry(queue, 0)
        driver.arrive(Self.frame)
        #expect(driver.host.takeMSIX() == [Self.vector(queue)])
        #expect(try #require(driver.take(&ring)).bytes == Self.frame)
    }

    @Test(
        "sends nothing while its entry is not valid, though the others of the register are", arguments: [0, 5, 8, 15])
    func invalid(queue: Int) {
        driver[.IVAR, queue & 7] = 0x8585_8585 & ~(0xFF << (queue < 8 ? 8 : 24)) | Self.entry(queue, 8, 0)
        transmit(queue)
        #expect(driver.host.takeMSIX().isEmpty && driver[.EICR] == 0)
    }

    @Test("sends one message for a batch of packets, either way")
    func batch() {
        let ring = prepareReceive(2)
        driver[.IVAR, 2] = 0x8182
        transmit(2, packets: 5)
        #expect(driver.uplink.sent.count == 5 && driver.host.takeMSIX() == [1])
        driver.uplink.incoming = Array(repeating: (Self.frame, FrameBatch.Offload()), count: 4)
        driver.arrive(Self.frame)
        #expect(driver.memory.load(at: ring.base + 4 * 16 + 8) & 1 == 1)
        #expect(driver.host.takeMSIX() == [2])
    }

    @Test("makes itself known outside of multiple MSI-X in the bit that IVAR names and in ICR")
    func single() {
        driver[.GPIE] = 0
        driver[.IVAR, 3] = 0x8700
        transmit(3)
        #expect(driver[.EICR] == 1 << 7)
        #expect(driver[.ICR] & 1 == 1)
    }
}
