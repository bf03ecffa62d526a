// SPDX-License-Identifier: Apache-2.0

/// A 32-bit access to a register, by the PF or through a VF's window.
struct RegisterUse {
    /// 0 for the PF, v + 1 for VF v.
    var function: Int
    var isWrite: Bool
    /// Byte offset in the function's own register space.
    var offset: Int
    var value: UInt32
    /// The port's register.
    var entry: RegisterMap.Entry
    /// A VF may not write it.
    var isReadOnly = false

    var name: RegisterName { entry.name }
    var element: Int { Int(entry.element) }
    var spec: RegisterSpec { RegisterTable.physical[Int(entry.row)] }
    /// `TDT[9]`, or `CTRL` where there is but one.
    var label: String { RegisterMap.shared.find(name, 1) == nil ? "\(name)" : "\(name)[\(element)]" }

    /// The receive or transmit queue that the register belongs to.
    var queue: Int? { isReceiveQueue || isTransmitQueue ? element : nil }

    private var isReceiveQueue: Bool {
        switch name {
        case .RDBAL, .RDBAH, .RDLEN, .RDH, .RDT, .RXDCTL, .SRRCTL, .RXCTL, .RQDPC: true
        default: false
        }
    }

    var isTransmitQueue: Bool {
        switch name {
        case .TDBAL, .TDBAH, .TDLEN, .TDH, .TDT, .TXDCTL, .TXCTL, .TDWBAL, .TDWBAH: true
        default: false
        }
    }
}

extension RegisterUse {
    /// `nil` when no register is there.
    init?(_ access: FunctionAccess) {
        let (word, value) = (access.offset / 4, UInt32(truncatingIfNeeded: access.value))
        if access.function == 0 {
            guard let entry = RegisterMap.shared[word] else { return nil }
            self.init(function: 0, isWrite: access.isWrite, offset: access.offset, value: value, entry: entry)
        } else {
            guard let window = VirtualRegisterMap.shared[word],
                let entry = RegisterMap.shared[window.offset(of: access.function - 1) / 4]
            else { return nil }
            self.init(
                function: access.function, isWrite: access.isWrite, offset: access.offset, value: value, entry: entry,
                isReadOnly: window.isReadOnly)
        }
    }
}
