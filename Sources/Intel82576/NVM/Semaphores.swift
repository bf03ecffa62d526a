// SPDX-License-Identifier: Apache-2.0

/// SWSM and SW_FW_SYNC: who may use the EEPROM and the PHY.
///
/// There is no firmware here, so its half of both never stands in the way. All of it is state that a saved device needs.
struct Semaphores: Sendable {
    private var semaphore = SWSM(raw: 0)
    /// SW_FW_SYNC, 0x05B5C. Bits 15:0 are software's claims (0 EEPROM, 1 PHY 0, 2 PHY 1); 31:16, firmware's, read zero.
    ///
    /// Nothing enforces the claims: software keeps to them by itself, under SWSM.
    private(set) var claims: UInt32 = 0

    /// CTRL.RST and every stronger reset: both are free.
    mutating func reset() { self = Semaphores() }

    /// A read of SWSM: hands SMBI to the first reader.
    mutating func readSWSM() -> UInt32 {
        defer { semaphore.isTaken = true }
        return semaphore.raw
    }

    /// SWSM without the effect of reading it.
    var swsm: UInt32 { semaphore.raw }

    /// Software can free SMBI, not take it by writing.
    mutating func writeSWSM(_ value: UInt32) {
        let written = SWSM(raw: value)
        semaphore.isTaken = semaphore.isTaken && written.isTaken
        semaphore.isHeldAgainstFirmware = written.isHeldAgainstFirmware
    }

    mutating func writeSWFWSYNC(_ value: UInt32) { claims = value & 0xFFFF }
}
