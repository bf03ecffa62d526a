// SPDX-License-Identifier: Apache-2.0

import Intel82576

extension TestDriver {
    /// The register `R`, or element `index` of an array of them: read from BAR 0 each time, and written back as a whole.
    package subscript<R: Register>(_ type: R.Type, _ index: Int = 0) -> R {
        get { R(raw: self[R.offset(of: index)]) }
        set { self[R.offset(of: index)] = newValue.raw }
    }

    /// The word of the register `R`. Setting it reads nothing.
    package subscript<R: Register>(raw type: R.Type, _ index: Int = 0) -> UInt32 {
        get { self[R.offset(of: index)] }
        set { self[R.offset(of: index)] = newValue }
    }

    /// A register by name, through BAR 0; for registers that have no type.
    package subscript(name: RegisterName, element: Int = 0) -> UInt32 {
        get { self[RegisterMap.word(of: name, element) * 4] }
        set { self[RegisterMap.word(of: name, element) * 4] = newValue }
    }

    /// Reads a register of the PHY through MDIC.
    public func readPHY(_ register: Int) -> UInt16 {
        self[MDIC.self] = MDIC(.read, register: register)
        return self[MDIC.self].data
    }

    public func writePHY(_ register: Int, _ value: UInt16) {
        self[MDIC.self] = MDIC(.write, register: register, data: value)
    }

    /// Bus mastering, memory decoding and `bits` of the command register.
    public func setCommand(_ bits: UInt32 = 0) { function.writeConfiguration(at: 4, width: 2, 0x0006 | bits) }

    /// Bus mastering off.
    public func stopMaster() { function.writeConfiguration(at: 4, width: 2, 0x0002) }

    public func setMSIX(_ isEnabled: Bool) { function.writeConfiguration(at: 0x72, width: 2, isEnabled ? 0x8000 : 0) }
    public func setMSI(_ isEnabled: Bool) { function.writeConfiguration(at: 0x52, width: 2, isEnabled ? 1 : 0) }

    /// Moves the clock to `time` and lets the port run.
    public func run(at time: UInt64) {
        clock.now = time
        port.run()
    }
}

extension TestHost {
    /// The MSI-X messages since the last call.
    public func takeMSIX() -> [Int] {
        defer { msix = [] }
        return msix
    }

    /// How many MSI messages since the last call.
    public func takeMSI() -> Int {
        defer { msi = [] }
        return msi.count
    }
}
