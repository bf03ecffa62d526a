// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport

@testable import Intel82576

extension LintCase {
    /// DEXT with DTYP 3, IFCS, RS.
    private static let data: UInt64 = 0x3 << 20 | 1 << 25 | 1 << 27 | 1 << 29
    private static let end: UInt64 = 1 << 24
    private static let status: UInt64 = 1 << 27
    private static let insertsTag: UInt64 = 1 << 30
    private static let insertsIPChecksum: UInt64 = 1 << 40
    private static let insertsL4Checksum: UInt64 = 1 << 41

    static let transmit = [
        LintCase(.descriptorTypeReserved) {
            $0.send { driver, ring in driver.post(0, 0x1 << 20 | 1 << 29, to: &ring) }
        } right: {
            $0.send { driver, ring in driver.postContext(to: &ring) }
        },
        LintCase(.mixedDescriptorFormats) {
            $0.send(payloadLength: 64) { driver, ring in driver.post(driver.memory.allocate(64), 64, to: &ring) }
        } right: {
            $0.send(payloadLength: 128) { driver, ring in
                driver.post(driver.memory.allocate(64), 64 | data | 128 << 46, to: &ring)
            }
        },
        LintCase(.contextMissing) {
            $0.send(command: insertsTag)
        } right: {
            $0.send(command: insertsTag) { driver, ring in driver.postContext(vlanTag: 5, to: &ring) }
        },
        LintCase(.contextSlot) {
            $0.send { driver, ring in driver.postContext(slot: 4, to: &ring) }
        } right: {
            $0.send { driver, ring in driver.postContext(slot: 1, to: &ring) }
        },
        LintCase(.contextLengths) {
            $0.send(options: insertsL4Checksum) { driver, ring in driver.postContext(mac: 4, to: &ring) }
        } right: {
            $0.send(options: insertsL4Checksum) { driver, ring in
                driver.postContext(mac: 18, isIPv4: false, to: &ring)
            }
        },
        LintCase(.ipChecksumOfIPv6) {
            $0.send(options: insertsIPChecksum) { driver, ring in
                driver.postContext(ip: 40, isIPv4: false, to: &ring)
            }
        } right: {
            $0.send(options: insertsIPChecksum) { driver, ring in driver.postContext(ip: 24, to: &ring) }
        },
        LintCase(.transportTypeReserved) {
            $0.send(options: insertsL4Checksum) { driver, ring in driver.postContext(type: 3, to: &ring) }
        } right: {
            $0.send(options: insertsL4Checksum) { driver, ring in driver.postContext(type: 0, to: &ring) }
        },
        LintCase(.segmentSizeZero) {
            $0.segment(size: 0)
        } right: {
            $0.segment(size: 1)
        },
        LintCase(.segmentHeader) {
            $0.segment(54)
        } right: {
            $0.segment(55)
        },
        LintCase(.segmentTooLong) {
            $0.segment(size: 9671)
        } right: {
            $0.segment(size: 9670)
        },
        LintCase(.payloadLength) {
            $0.send(payloadLength: 10)
        } right: {
            $0.send(payloadLength: 64)
        },
        LintCase(.frameLength) {
            $0.send(TestDriver.frame(length: 9725))
        } right: {
            $0.send(TestDriver.frame(length: 9724))
        },
        LintCase(.endOfPacketMissing) {
            fill($0, data)
        } right: {
            fill($0, data | end | 64 << 46)
        },
        LintCase(.statusNotReported) {
            fill($0, (data & ~status) | end | 64 << 46)
        } right: {
            fill($0, data | end | 64 << 46)
        },
        LintCase(.transmitBufferUnreadable) {
            $0.send(nil) { driver, ring in driver.post(1 << 40, 64 | data | end | 64 << 46, to: &ring) }
        } right: {
            $0.send(nil) { driver, ring in
                driver.post(driver.memory.allocate(64), 64 | data | end | 64 << 46, to: &ring)
            }
        },
        LintCase(.checksumOutsideFrame) {
            sendLegacy($0, checksumAt: 63)
        } right: {
            sendLegacy($0, checksumAt: 62)
        },
    ]

    /// Fills a ring of 16 with 15 descriptors of 64 bytes.
    private static func fill(_ bench: LintBench, _ bits: UInt64) {
        bench.send(nil, count: 16) { driver, ring in
            let buffer = driver.memory.allocate(64)
            for _ in 0..<15 { driver.post(buffer, 64 | bits, to: &ring) }
        }
    }

    /// A legacy descriptor of 64 bytes with IC and a checksum from byte 14.
    private static func sendLegacy(_ bench: LintBench, checksumAt place: UInt64) {
        bench.send(nil) { driver, ring in
            driver.post(
                driver.memory.allocate(64), 64 | place << 16 | end | status | 1 << 25 | 1 << 26 | 14 << 40, to: &ring)
        }
    }
}
