// SPDX-License-Identifier: Apache-2.0

/// The block of the chip that does what a register does.
enum RegisterOwner: UInt8, Sendable, BitwiseCopyable {
    /// None: the register stores, as the access and masks of its row in ``RegisterTable`` say.
    case table
    case deviceControl
    case nvm
    case interrupts
    case mailbox
    case time
    case functions
    case statistics
    case transmit
    case receive
    case `switch`
}

extension RegisterName {
    /// The block that registers of this name belong to.
    var owner: RegisterOwner {
        switch self {
        case .CTRL, .STATUS, .CTRL_EXT, .MDIC, .PVTSTATUS: .deviceControl
        case .EECD, .EERD, .EEWR, .SWSM, .SW_FW_SYNC: .nvm
        case .ICR, .ICS, .IMS, .IMC, .IAM, .GPIE, .EICR, .EICS, .EIMS, .EIMC, .EIAC, .EIAM, .EITR, .IVAR, .IVAR_MISC,
            .PVTEICS, .PVTEIMS, .PVTEIMC, .PVTEIAC, .PVTEIAM, .PVTEICR:
            .interrupts
        case .PFMAILBOX, .VFMAILBOX, .MBVFIMR: .mailbox
        case .SYSTIML, .SYSTIMH, .TIMINCA, .TIMADJH, .TXSTMPH, .RXSTMPH, .RXSATRH, .FRTIMER, .TCPTIMER, .WDSTP, .SWDSTS:
            .time
        case .PVTCTRL: .functions
        case .GORCH, .GOTCH, .TORH, .TOTH, .HGORCH, .HGOTCH: .statistics
        case .TCTL, .TDT, .TDH, .TXDCTL, .RTTBCNRC, .RTTDQSEL, .MDFB: .transmit
        case .RCTL, .RDT, .RDH, .RXDCTL, .SRRCTL, .MRQC, .RETA, .RSSRK, .ETQF, .FTQF, .SAQF, .DAQF, .SPQF, .IMIR,
            .IMIREXT, .IMIRVP, .SYNQF, .RFCTL, .FCRTH, .RXPBS:
            .receive
        case .RAL, .RAH, .VFTA, .MTA, .UTA, .VMOLR, .VLVF, .VMRCTL, .DTXSWC, .VFTE: .switch
        default: .table
        }
    }
}
