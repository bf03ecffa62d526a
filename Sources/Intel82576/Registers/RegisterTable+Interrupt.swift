// SPDX-License-Identifier: Apache-2.0

extension RegisterTable {
    /// Causes, masks, throttles, vectors, immediate interrupts.
    static let interrupt = rows(
        of: [
            ICR.self, ICS.self, IMS.self, IMC.self, IAM.self, GPIE.self, EICS.self, EIMS.self, EIMC.self, EIAC.self,
            EIAM.self, EICR.self, EITR.self, IVAR.self, IVAR_MISC.self, IMIR.self, IMIREXT.self, IMIRVP.self,
        ],
        [
            .init(.MSIXBM, at: 0x1600, count: 10, .absent, .absent, "Vector bitmap (82575)"),
            .init(.RSSIM, at: 0x5864, .absent, .absent, "82571 name of this address; here MNGONLY"),
            .init(.RSSIR, at: 0x5868, .absent, .absent, "RSS interrupt request (82571)"),
            .init(
                .PBACLR, at: 0x5B68, .writeOneToClear, writable: 0x01FF_FFFF, .storage,
                vf: VirtualWindow(at: 0x0F04, .VFPBACL, perVF: 0, writable: 0x7),
                "Clears pending bits of MSI-X; no effect, delivery and resets clear them"),
        ])
}
