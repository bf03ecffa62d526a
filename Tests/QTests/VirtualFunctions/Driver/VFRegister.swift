/// Offsets in BAR 0 of a virtual function (Intel 82576EB datasheet, 8.26).
enum VFRegister: UInt64 {
    case vtctrl = 0x0000
    case vtstatus = 0x0008
    case vfvmbmem = 0x0800
    case vfmailbox = 0x0C40
    case vfgprc = 0x0F10
    case vfgptc = 0x0F14
    case rdbal = 0x2800
    case rdbah = 0x2804
    case rdlen = 0x2808
    case srrctl = 0x280C
    case rdh = 0x2810
    case rdt = 0x2818
    case rxdctl = 0x2828
    case tdbal = 0x3800
    case tdbah = 0x3804
    case tdlen = 0x3808
    case tdh = 0x3810
    case tdt = 0x3818
    case txdctl = 0x3828

    /// Bytes of BAR 0 and of the BAR with the MSI-X table.
    static let spaceSize = 0x4000
}
