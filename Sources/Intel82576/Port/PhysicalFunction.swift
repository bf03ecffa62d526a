// SPDX-License-Identifier: Apache-2.0

import PCIe

/// The physical function towards its transport: configuration space, BARs, interrupts and DMA of a ``Port``.
final class PhysicalFunction: Function {
    /// BAR numbers and what IOADDR reaches. Datasheet 9.3.6 and 3.1.1.
    private enum Window {
        static let registers = 0
        static let flash = 1
        static let io = 2
        static let msix = 3
        static let ioAddressLimit: UInt32 = 0x20000
    }

    private unowned let port: Port

    init(_ port: Port) { self.port = port }

    var barSizes: [Int] { PhysicalFunctionConfiguration.barSizes }

    var interruptCounts: InterruptCounts { port.functions.state.physical.configuration.interruptCounts }

    /// Also in D3hot and while its base address register is off: a client reads it at a time of its own, once.
    var expansionROM: ExpansionROM? { port.functions.expansionROM }

    // MARK: Configuration space

    func readConfiguration(at offset: Int, width: Int) -> UInt32 {
        let isPending = port.functions.usesINTx && port.interrupts.hasSingleCause
        port.functions.state.physical.configuration.isINTxPending = isPending
        let value = port.functions.state.physical.configuration.read(at: offset, width: width)
        port.note(.read(0, .configuration, offset, width, UInt64(value)))
        return value
    }

    func writeConfiguration(at offset: Int, width: Int, _ value: UInt32) {
        port.note(.write(0, .configuration, offset, width, UInt64(value)))
        let effect = port.functions.state.physical.configuration.write(at: offset, width: width, value)
        guard !effect.isEmpty else { return }
        if effect.contains(.functionLevelReset) || (effect.contains(.powerStateChanged) && port.functions.isAwake) {
            port.functions.state.physical.ioAddress = 0
            port.reset(.function)
        }
        port.updateVirtualFunctions()
        port.apply([.busMaster, .receive, .interrupts])
    }

    // MARK: BARs

    /// Nothing decodes in D3hot: what is read is what the root complex makes up for an unsupported request.
    func readBAR(_ bar: Int, at offset: Int, width: Int) -> UInt64 {
        let value = read(bar, at: offset, width: width)
        port.note(.read(0, .bar(bar), offset, width, value))
        return value
    }

    private func read(_ bar: Int, at offset: Int, width: Int) -> UInt64 {
        guard port.functions.isAwake else { return .max &>> UInt64(64 - 8 * width) }
        return switch bar {
        case Window.registers: readRegisters(at: offset, width: width)
        case Window.io: readIO(at: offset, width: width)
        case Window.msix:
            port.functions.state.physical.msix.read(at: offset, width: width, host: port.functions.memory.host)
        // An erased flash.
        case Window.flash: .max &>> UInt64(64 - 8 * width)
        default: 0
        }
    }

    func writeBAR(_ bar: Int, at offset: Int, width: Int, _ value: UInt64) {
        port.note(.write(0, .bar(bar), offset, width, value))
        guard port.functions.isAwake else { return }
        switch bar {
        case Window.registers: writeRegisters(at: offset, width: width, value)
        case Window.io: writeIO(at: offset, width: width, UInt32(truncatingIfNeeded: value))
        case Window.msix: port.functions.state.physical.msix.write(at: offset, width: width, value)
        default: break
        }
    }

    private func readRegisters(at offset: Int, width: Int) -> UInt64 {
        RegisterWindow.read(at: offset, width: width) { port.readRegister($0) }
    }

    private func writeRegisters(at offset: Int, width: Int, _ value: UInt64) {
        RegisterWindow.write(at: offset, width: width, value) {
            port.storedRegister($0)
        } store: {
            port.writeRegister($0, $1)
        }
    }

    /// IOADDR of the I/O BAR.
    private var ioAddress: UInt32 { port.functions.state.physical.ioAddress }

    /// IOADDR at 0, IODATA at 4, both 32 bits wide.
    private func readIO(at offset: Int, width: Int) -> UInt64 {
        guard width == 4 else { return 0 }
        switch offset {
        case 0: return UInt64(ioAddress)
        case 4 where ioAddress < Window.ioAddressLimit: return UInt64(port.readRegister(Int(ioAddress & ~3)))
        default: return 0
        }
    }

    private func writeIO(at offset: Int, width: Int, _ value: UInt32) {
        guard width == 4 else { return }
        switch offset {
        case 0: port.functions.state.physical.ioAddress = value
        case 4 where ioAddress < Window.ioAddressLimit: port.writeRegister(Int(ioAddress & ~3), value)
        default: break
        }
    }

    // MARK: Transport

    func attach(_ host: any FunctionHost) {
        port.functions.memory.host = host
        reset()
    }

    func detach() {
        port.note(PortEvent.clientLeft(function: 0))
        port.functions.memory.host = nil
        unmapAll()
        port.powerCycle()
        reset()
    }

    func reset() {
        port.note(PortEvent.clientReset(function: 0))
        port.functions.state.physical.ioAddress = 0
        port.functions.state.physical.configuration.reset(.powerOn)
        port.reset(.powerOn)
        port.apply(.interrupts)
    }

    func map(_ mapping: DMAMapping) throws(DMAMappingError) { try port.functions.memory.map(mapping) }

    func unmap(address: UInt64, size: UInt64) throws(DMAMappingError) -> UInt64 {
        try port.functions.memory.unmap(address: address, size: size)
    }

    func unmapAll() { port.functions.memory.unmapAll() }
}
