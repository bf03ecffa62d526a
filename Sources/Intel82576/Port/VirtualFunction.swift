// SPDX-License-Identifier: Apache-2.0

import PCIe

/// A virtual function towards its transport: configuration space, registers, interrupts and DMA of its share of a
/// ``Port``.
///
/// It exists while the PF's SR-IOV capability says so. At other times its configuration space works, since a transport
/// may be plugged in already, but its BARs read as zero and ignore writes.
///
/// - Datasheet: 7.10 and 8.26
final class VirtualFunction: Function {
    /// BAR numbers.
    private enum Window {
        static let registers = 0
        static let msix = 3
    }

    private unowned let port: Port
    /// 0 to 7.
    private let index: Int

    init(_ index: Int, of port: Port) { (self.index, self.port) = (index, port) }

    var barSizes: [Int] { VirtualFunctionConfiguration.barSizes }
    var interruptCounts: InterruptCounts { VirtualFunctionConfiguration.interruptCounts }
    /// A VF has none (Single Root I/O Virtualization and Sharing 1.1, 3.4.1).
    var expansionROM: ExpansionROM? { nil }

    private var exists: Bool { port.functions.exists(index) }

    // MARK: Configuration space

    func readConfiguration(at offset: Int, width: Int) -> UInt32 {
        let value = port.functions.state.virtual[index].configuration.read(at: offset, width: width)
        port.note(.read(index + 1, .configuration, offset, width, UInt64(value)))
        return value
    }

    func writeConfiguration(at offset: Int, width: Int, _ value: UInt32) {
        port.note(.write(index + 1, .configuration, offset, width, UInt64(value)))
        let effect = port.functions.state.virtual[index].configuration.write(at: offset, width: width, value)
        guard !effect.isEmpty else { return }
        if effect.contains(.functionLevelReset) {
            port.functions.state.virtual[index].msix.reset()
            port.resetVirtualFunction(index)
        }
        port.apply([.busMaster, .interrupts])
    }

    // MARK: BARs

    func readBAR(_ bar: Int, at offset: Int, width: Int) -> UInt64 {
        let value = read(bar, at: offset, width: width)
        port.note(.read(index + 1, .bar(bar), offset, width, value))
        return value
    }

    private func read(_ bar: Int, at offset: Int, width: Int) -> UInt64 {
        guard exists else { return 0 }
        switch bar {
        case Window.registers:
            return RegisterWindow.read(at: offset, width: width) { port.readVirtualRegister(index, $0) }
        case Window.msix:
            return port.functions.state.virtual[index].msix.read(at: offset, width: width, host: memory.host)
        default: return 0
        }
    }

    func writeBAR(_ bar: Int, at offset: Int, width: Int, _ value: UInt64) {
        port.note(.write(index + 1, .bar(bar), offset, width, value))
        guard exists else { return }
        switch bar {
        case Window.registers:
            RegisterWindow.write(at: offset, width: width, value) {
                port.storedVirtualRegister(index, $0)
            } store: {
                port.writeVirtualRegister(index, $0, $1)
            }
        case Window.msix: port.functions.state.virtual[index].msix.write(at: offset, width: width, value)
        default: break
        }
    }

    // MARK: Transport

    private var memory: AddressSpace { port.functions.virtualMemories[index] }

    /// The new client may be another virtual machine: it finds neither state nor counters of the last one.
    func attach(_ host: any FunctionHost) {
        memory.host = host
        reset()
        if exists { port.registers.clearCounters(of: index) }
    }

    func detach() {
        port.note(PortEvent.clientLeft(function: index + 1))
        memory.host = nil
        unmapAll()
        reset()
    }

    func reset() {
        port.note(PortEvent.clientReset(function: index + 1))
        port.functions.state.virtual[index].configuration.reset(.powerOn)
        port.functions.state.virtual[index].msix.reset()
        port.resetVirtualFunction(index)
        port.apply([.busMaster, .interrupts])
    }

    func map(_ mapping: DMAMapping) throws(DMAMappingError) { try memory.map(mapping) }

    func unmap(address: UInt64, size: UInt64) throws(DMAMappingError) -> UInt64 {
        try memory.unmap(address: address, size: size)
    }

    func unmapAll() { memory.unmapAll() }
}
