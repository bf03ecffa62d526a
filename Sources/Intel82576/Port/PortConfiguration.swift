// SPDX-License-Identifier: Apache-2.0

import PCIe

extension Port {
    /// What a port is made of.
    public struct Configuration: Equatable, Sendable {
        /// The EEPROM as it is at power-on, with the station address.
        public var nvm: NVMImage
        /// VFs that can be plugged in, 0 to 8. With none the PF has no SR-IOV capability.
        public var virtualFunctions: Int

        /// What a driver writes to the EEPROM is there for the next client. Otherwise it is gone with the client, who
        /// leaves nothing to another machine.
        public var keepsNVM: Bool

        /// What is in the PF's expansion ROM; VFs have none.
        public var expansionROM: ExpansionROM?

        /// Nothing waits for the port's clock that a driver waits for by a clock of its own, which may stand still
        /// meanwhile: auto-negotiation takes no time, and EITR holds nothing back. Rate limits, PAUSE, timers and the
        /// system time go by the port's clock as ever.
        public var isSynchronous = false

        public init(macAddress: MACAddress, virtualFunctions: Int = 0) {
            self.init(nvm: NVMImage(macAddress: macAddress), keepsNVM: false, virtualFunctions: virtualFunctions)
        }

        public init(nvm: NVMImage, keepsNVM: Bool, virtualFunctions: Int = 0) {
            (self.nvm, self.keepsNVM) = (nvm, keepsNVM)
            self.virtualFunctions = min(max(virtualFunctions, 0), 8)
        }
    }
}
