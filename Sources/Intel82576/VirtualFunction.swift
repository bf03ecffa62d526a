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
    let index: Int
    var configuration = VirtualFunctionConfiguration()
    var msix = VirtualFunctionConfiguration.msixTable
    /// Where interrupts go; `nil` while no transport is attached.
    private(set) weak var host: (any FunctionHost)?

    init(_ index: Int, of port: Port) { (self.index, self.port) = (index, port) }

    var barSizes: [Int] { VirtualFunctionConfiguration.barSizes }
    var interruptCounts: InterruptCounts { VirtualFunctionConfiguration.interruptCounts }

    private var exists: Bool { index < port.owners.virtualFunctions }

    // MARK: Configuration space

    func readConfiguration(at offset: Int, width: Int) -> UInt32 { configuration.read(at: offset, width: width) }

    func writeConfiguration(at offset: Int, width: Int, _ value: UInt32) {
        port.inOrder { changeConfiguration(at: offset, width: width, value) }
    }

    private func changeConfiguration(at offset: Int, width: Int, _ value: UInt32) {
        let effect = configuration.write(at: offset, width: width, value)
        if effect.contains(.functionLevelReset) {
            msix.reset()
            port.resetVirtualFunction(index)
        }
        if !effect.isEmpty { port.virtualConfigurationChanged() }
    }

    // MARK: BARs

    func readBAR(_ bar: Int, at offset: Int, width: Int) -> UInt64 {
        port.inOrder { read(bar, at: offset, width: width) }
    }

    func writeBAR(_ bar: Int, at offset: Int, width: Int, _ value: UInt64) {
        port.inOrder { write(bar, at: offset, width: width, value) }
    }

    func mappablePart(of bar: Int) -> MappablePart? {
        bar == Window.registers ? port.mappablePart(MappedQueues.virtual(index)) : nil
    }

    private func read(_ bar: Int, at offset: Int, width: Int) -> UInt64 {
        guard exists else { return 0 }
        switch bar {
        case Window.registers:
            return RegisterWindow.read(at: offset, width: width) { port.readVirtualRegister(index, $0) }
        case Window.msix: return msix.read(at: offset, width: width)
        default: return 0
        }
    }

    private func write(_ bar: Int, at offset: Int, width: Int, _ value: UInt64) {
        guard exists else { return }
        switch bar {
        case Window.registers:
            RegisterWindow.write(at: offset, width: width, value) {
                port.storedVirtualRegister(index, $0)
            } store: {
                port.writeVirtualRegister(index, $0, $1)
            }
        case Window.msix: msix.write(at: offset, width: width, value)
        default: break
        }
    }

    // MARK: Transport

    private var memory: AddressSpace { port.virtualMemories[index] }

    /// The new client may be another virtual machine: it finds neither state nor counters of the last one.
    func attach(_ host: any FunctionHost) {
        self.host = host
        memory.host = host
        reset()
        port.clearVirtualCounters(index)
        port.openQueuePages(MappedQueues.virtual(index), .virtual(index))
    }

    func detach() {
        host = nil
        memory.host = nil
        port.mappedQueues.close(MappedQueues.virtual(index))
        unmapAll()
        reset()
    }

    func reset() {
        port.inOrder {
            configuration.reset(.powerOn)
            msix.reset()
            port.resetVirtualFunction(index)
            port.virtualConfigurationChanged()
        }
    }

    func map(_ mapping: DMAMapping) throws(DMAMappingError) { try memory.map(mapping) }

    func unmap(address: UInt64, size: UInt64) throws(DMAMappingError) -> UInt64 {
        try port.inOrder { () throws(DMAMappingError) in try memory.unmap(address: address, size: size) }
    }

    func unmapAll() { port.inOrder { memory.unmapAll() } }
}
