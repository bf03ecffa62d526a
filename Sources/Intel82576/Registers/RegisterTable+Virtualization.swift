// SPDX-License-Identifier: Apache-2.0

extension RegisterTable {
    /// Pools, mailbox, switch, storm control, mirrors of VF registers.
    static let virtualization = rows(
        of: [
            VMBMEM.self, PFMAILBOX.self, VFMAILBOX.self, MBVFICR.self, MBVFIMR.self, VFLRE.self, VFRE.self, VFTE.self,
            QDE.self, DTXSWC.self, LVMMC.self, WVBR.self, MDFB.self, VMVIR.self, VT_CTL.self, VMOLR.self, RPLOLR.self,
            VLVF.self, VMRCTL.self, VMRVLAN.self, VMRVM.self, SCCRL.self, SCSTS.self, BSCTRH.self, MSCTRH.self,
            BSCCNT.self,
            MSCCNT.self, SCBI.self, UTA.self, PVTCTRL.self, PVTSTATUS.self, PFVFGPRC.self, PFVFGPTC.self, PFVFGORC.self,
            PVTEICS.self, PVTEIMS.self, PVTEIMC.self, PVTEIAC.self, PVTEIAM.self, PFVFGOTC.self, PFVFMPRC.self,
            PFVFGPRLBC.self, PFVFGPTLBC.self, PFVFGORLBC.self, PFVFGOTLBC.self, PVTEICR.self,
        ],
        [
            .init(
                .SWPBS, at: 0x3004, .readWrite, writable: 0x7F, reset: 0x14, .storage, "Switch packet buffer size in KB"
            ),
            .init(.TXSWC, at: 0x5ACC, .absent, .absent, "i350 Tx switch control; 82576 uses DTXSWC"),
            .init(.SCTC, at: 0x5DC8, .readOnly, .unimplemented, "Storm control time counter"),
        ])
}
