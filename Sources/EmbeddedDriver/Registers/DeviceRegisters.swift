// SPDX-License-Identifier: Apache-2.0

import Intel82576
import PCIe

/// The registers and the configuration space of a physical function, as software sees them.
struct DeviceRegisters {
    let function: any Function

    /// The register `R`, or element `index` of an array of them: read from the device each time, and written back as a
    /// whole.
    subscript<R: Register>(_ type: R.Type, _ index: Int = 0) -> R {
        get { R(raw: UInt32(truncatingIfNeeded: function.readBAR(0, at: R.offset(of: index), width: 4))) }
        nonmutating set { function.writeBAR(0, at: R.offset(of: index), width: 4, UInt64(newValue.raw)) }
    }

    /// Changes fields of a register with one read and one write.
    func change<R: Register>(_ type: R.Type, _ index: Int = 0, _ body: (inout R) -> Void) {
        var value = self[type, index]
        body(&value)
        self[type, index] = value
    }

    /// Writes zeros, and then ones where `body` sets them.
    func write<R: Register>(_ type: R.Type, _ index: Int = 0, _ body: (inout R) -> Void = { _ in }) {
        var value = R(raw: 0)
        body(&value)
        self[type, index] = value
    }
}

// MARK: Configuration space

extension DeviceRegisters {
    /// Where a capability of that id is, in the chain that starts at 0x34.
    func capability(_ id: UInt32) -> Int? {
        var offset = Int(function.readConfiguration(at: 0x34, width: 1)) & ~3
        // The chain is the device's word: no more steps than capabilities fit.
        for _ in 0..<48 where offset >= 0x40 {
            if function.readConfiguration(at: offset, width: 1) == id { return offset }
            offset = Int(function.readConfiguration(at: offset + 1, width: 1)) & ~3
        }
        return nil
    }

    /// Where an extended capability of that id is.
    func extendedCapability(_ id: UInt32) -> Int? {
        var offset = 0x100
        for _ in 0..<960 where offset >= 0x100 {
            let header = function.readConfiguration(at: offset, width: 4)
            if header & 0xFFFF == id { return offset }
            offset = Int(header >> 20) & ~3
        }
        return nil
    }
}
