// SPDX-License-Identifier: Apache-2.0

/// What the access to a register of one block asks of the others. The block returns it, and the port sees to it.
struct RegisterEffects: OptionSet {
    let rawValue: UInt32

    /// CTRL.RST: everything that a software reset resets.
    static let softwareReset = RegisterEffects(rawValue: 1 << 0)
    /// CTRL_EXT.EE_RST: what the EEPROM loads at reset is loaded anew.
    static let reloadNVM = RegisterEffects(rawValue: 1 << 1)
    /// The link, or what frames do at its end (loopback), may be another.
    static let link = RegisterEffects(rawValue: 1 << 2)
    /// Functions may send requests now, or may not any more.
    static let busMaster = RegisterEffects(rawValue: 1 << 3)
    /// Causes, masks or the way of delivery changed: messages may be due.
    static let interrupts = RegisterEffects(rawValue: 1 << 4)
    /// Received frames that are held may go on.
    static let receive = RegisterEffects(rawValue: 1 << 5)
    /// Every enabled transmit queue may have been given work while something else held it back.
    static let transmit = RegisterEffects(rawValue: 1 << 6)
    /// CTRL_EXT.PFRSTD: the PF has come out of reset, VFs are to hear of it.
    static let resetDone = RegisterEffects(rawValue: 1 << 7)
    /// TCTL.SWXOFF: a PAUSE frame is to be sent.
    static let pauseRequest = RegisterEffects(rawValue: 1 << 8)

    /// VTCTRL.RST: VF `index` is reset.
    static func virtualReset(_ index: Int) -> RegisterEffects { RegisterEffects(rawValue: 1 &<< UInt32(16 + index)) }
    /// The VFs that are reset, a bit each.
    var virtualResets: UInt32 { rawValue &>> 16 }
}
