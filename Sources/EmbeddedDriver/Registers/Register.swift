// Registers bear the datasheet's names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

/// A 32-bit register of the physical function, by its place in BAR 0.
///
/// - Datasheet: 8.1.3
struct Register: Hashable, Sendable {
    let offset: Int

    init(_ offset: Int) { self.offset = offset }

    private init(_ base: Int, _ index: Int) { offset = base + 4 * index }
}

// MARK: General

extension Register {
    static let CTRL = Register(0x0000)
    static let STATUS = Register(0x0008)
    static let CTRL_EXT = Register(0x0018)
    static let ICR = Register(0x1500)
    static let IMS = Register(0x1508)
    static let IMC = Register(0x150C)
    static let GPIE = Register(0x1514)
    static let EIMS = Register(0x1524)
    static let EIMC = Register(0x1528)
    static let EIAC = Register(0x152C)
    static let IVAR_MISC = Register(0x1740)
}

enum CTRL {
    /// SLU, bit 6: the MAC may have a link.
    static let setLinkUp: UInt32 = 1 << 6
    /// RST, bit 26.
    static let reset: UInt32 = 1 << 26
    /// VME, bit 30.
    static let vlanMode: UInt32 = 1 << 30
}

enum CTRL_EXT {
    /// PFRSTD, bit 14: the PF has come out of its reset; VFs may begin.
    static let resetDone: UInt32 = 1 << 14
    /// DRV_LOAD, bit 28.
    static let driverLoaded: UInt32 = 1 << 28
}

enum STATUS {
    /// LU, bit 1.
    static let linkUp: UInt32 = 1 << 1

    /// SPEED, bits 7:6, in Mb/s.
    static func speed(_ status: UInt32) -> Int {
        switch status >> 6 & 3 {
        case 0: 10
        case 1: 100
        default: 1000
        }
    }
}

enum ICR {
    /// LSC, bit 2: the link changed.
    static let linkChange: UInt32 = 1 << 2
    /// VMMB, bit 8: a mailbox event or a VF's reset.
    static let mailbox: UInt32 = 1 << 8
    /// DOUTSYNC, bit 28: a spoofed frame was dropped.
    static let spoofing: UInt32 = 1 << 28
}

enum GPIE {
    /// NSICR 0, Multiple_MSIX 4, EIAME 30, PBA_support 31: what goes with a vector for each cause.
    static let multipleVectors: UInt32 = 0xC000_0011
}

// MARK: Receive and transmit

extension Register {
    static let RCTL = Register(0x0100)
    static let TCTL = Register(0x0400)
    static let QDE = Register(0x2408)
    static let DTXSWC = Register(0x3500)
    static let WVBR = Register(0x3554)
    static let DTXCTL = Register(0x3590)
    static let RTTDQSEL = Register(0x3604)
    static let RTTBCNRM = Register(0x3690)
    static let RTTBCNRC = Register(0x36B0)
    static let RLPML = Register(0x5004)
    static let MRQC = Register(0x5818)
    static let VT_CTL = Register(0x581C)
    static let RPLOLR = Register(0x5AF0)

    static func VMVIR(_ pool: Int) -> Register { Register(0x3700, pool) }
    static func MTA(_ index: Int) -> Register { Register(0x5200, index) }
    /// 16 to 23 lie apart from the others.
    static func RAL(_ index: Int) -> Register { Register(index < 16 ? 0x5400 : 0x54E0, 2 * (index % 16)) }
    static func RAH(_ index: Int) -> Register { Register(RAL(index).offset + 4) }
    static func VFTA(_ index: Int) -> Register { Register(0x5600, index) }
    static func VMOLR(_ pool: Int) -> Register { Register(0x5AD0, pool) }
    static func VLVF(_ index: Int) -> Register { Register(0x5D00, index) }
    static func UTA(_ index: Int) -> Register { Register(0xA000, index) }
}

enum RCTL {
    /// EN 1, LPE 5, BAM 15, VFE 18, SECRC 26.
    static let value: UInt32 = 1 << 1 | 1 << 5 | 1 << 15 | 1 << 18 | 1 << 26
}

enum TCTL {
    /// EN, bit 1, and PSP, bit 3: pad short packets.
    static let enable: UInt32 = 1 << 1 | 1 << 3
}

enum DTXSWC {
    /// Loopback_En, bit 31: pools reach each other without the wire.
    static let loopback: UInt32 = 1 << 31
    /// MACAS 7:0 and VLANAS 15:8 of a pool.
    static func spoofCheck(_ pool: Int) -> UInt32 { 0x0101 << UInt32(pool) }
}

enum DTXCTL {
    /// VLAN_ADDED, bit 3: the switch looks at the tag that hardware puts in.
    static let vlanAdded: UInt32 = 1 << 3
}

enum VT_CTL {
    /// Dis_Def_Pool 29, Rep_En 30: no pool gets what nobody asked for, and group frames go to each that did.
    static let value: UInt32 = 1 << 29 | 1 << 30
}

enum MRQC {
    /// Pools, without receive-side scaling in them.
    static let pools: UInt32 = 3
}

enum RPLOLR {
    /// STRVLAN, bit 30.
    static let stripVLAN: UInt32 = 1 << 30
}

enum VMVIR {
    /// VLANA 01 in bits 31:30: the default tag goes in, whatever the descriptor says.
    static let insertDefault: UInt32 = 1 << 30
}

enum VLVF {
    /// VI_En, bit 31.
    static let enabled: UInt32 = 1 << 31
    /// POOLSEL, bits 19:12.
    static let poolShift: UInt32 = 12
}

enum RAH {
    /// AV, bit 31.
    static let valid: UInt32 = 1 << 31
    /// POOLSEL, bits 25:18.
    static let poolShift: UInt32 = 18
}

enum VMOLR {
    /// RLPML, bits 13:0: bytes with tag and CRC.
    static let largestLimit: UInt32 = 0x3FFF
    /// LPE, bit 16.
    static let longPackets: UInt32 = 1 << 16
    /// AUPE, bit 24.
    static let untagged: UInt32 = 1 << 24
    /// ROMPE, bit 25: multicasts that the MTA knows.
    static let multicastHash: UInt32 = 1 << 25
    /// ROPE, bit 26: unicasts that the UTA knows and no pool has.
    static let unicastHash: UInt32 = 1 << 26
    /// BAM, bit 27.
    static let broadcast: UInt32 = 1 << 27
    /// MPE, bit 28.
    static let allMulticast: UInt32 = 1 << 28
    /// STRVLAN, bit 30.
    static let stripVLAN: UInt32 = 1 << 30
    /// STRCRC, bit 31.
    static let stripCRC: UInt32 = 1 << 31
}

enum RTTBCNRC {
    /// RS_ENA, bit 31.
    static let enabled: UInt32 = 1 << 31

    /// The limit of a queue: the link's speed divided by RF_INT (27:14) and RF_DEC (13:0, parts of 2^14).
    static func limit(of rate: Int, at speed: Int) -> UInt32 {
        guard rate > 0, rate < speed else { return 0 }
        let factor = UInt32(speed / rate) << 14 | UInt32((speed % rate) << 14 / rate)
        return enabled | factor
    }
}

// MARK: Mailbox

extension Register {
    static let MBVFICR = Register(0x0C80)
    static let MBVFIMR = Register(0x0C84)
    static let VFLRE = Register(0x0C88)
    static let VFRE = Register(0x0C8C)
    static let VFTE = Register(0x0C90)

    static func VMBMEM(_ vf: Int, _ word: Int) -> Register { Register(0x0800, 16 * vf + word) }
    static func PFMAILBOX(_ vf: Int) -> Register { Register(0x0C00, vf) }
}

enum PFMAILBOX {
    /// Sts, bit 0: a message is in the buffer.
    static let message: UInt32 = 1 << 0
    /// Ack, bit 1.
    static let acknowledge: UInt32 = 1 << 1
    /// PFU, bit 3: the buffer is the PF's.
    static let ownedByPF: UInt32 = 1 << 3
    /// RVFU, bit 4: takes the buffer from the VF.
    static let takeFromVF: UInt32 = 1 << 4
}
