import PCIe

/// The registers and the configuration space of a physical function, as software sees them.
struct DeviceRegisters {
    let function: any Function

    func read(_ register: Register) -> UInt32 {
        UInt32(truncatingIfNeeded: function.readBAR(0, at: register.offset, width: 4))
    }

    func write(_ register: Register, _ value: UInt32) {
        function.writeBAR(0, at: register.offset, width: 4, UInt64(value))
    }

    func set(_ bits: UInt32, in register: Register) { write(register, read(register) | bits) }

    /// Sets or clears `bits`.
    func put(_ isSet: Bool, _ bits: UInt32, in register: Register) {
        let old = read(register)
        write(register, isSet ? old | bits : old & ~bits)
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
