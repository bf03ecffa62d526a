// SPDX-License-Identifier: Apache-2.0

import PCIe

/// The physical and the virtual functions: their configuration spaces and MSI-X tables, which VFs exist, who may send
/// requests, and whose memory a queue reaches.
///
/// VF v owns queues v and v + 8 while it exists; the PF owns the others. What a saved device needs is in ``state``.
///
/// - Datasheet: 7.10, chapter 9
struct Functions: ~Copyable {
    struct Physical {
        var configuration: PhysicalFunctionConfiguration
        var msix: MSIXTable
        /// IOADDR of the I/O BAR.
        var ioAddress: UInt32 = 0
    }

    /// What is in the PF's expansion ROM.
    let expansionROM: ExpansionROM?

    struct Virtual {
        var configuration = VirtualFunctionConfiguration()
        var msix = VirtualFunctionConfiguration.msixTable
    }

    struct State {
        var physical: Physical
        /// Every VF that can be plugged in, whether it exists now or not.
        var virtual: [Virtual]
    }

    var state: State

    // MARK: What follows from configuration spaces and CTRL

    /// VFs that exist now: NumVFs while VF Enable is set.
    var enabledCount: Int { owners.virtualFunctions }
    /// The PF may send requests: bus mastering is on in configuration space and not stopped by CTRL.GIO_MASTER_DISABLE.
    private(set) var isMaster = false
    /// Whose each queue is, for the data path.
    let owners: QueueOwners

    // MARK: Memory

    /// What the PF reaches by DMA.
    let memory: AddressSpace
    /// What each VF reaches by DMA. A VF's queues touch nothing else.
    let virtualMemories: [AddressSpace]

    /// - Parameter count: VFs that can be plugged in.
    init(_ image: NVMImage, count: Int, expansionROM: ExpansionROM?) {
        self.expansionROM = expansionROM
        state = State(
            physical: Physical(image, count: count, expansionROM),
            virtual: [Virtual](repeating: Virtual(), count: count))
        memory = AddressSpace()
        virtualMemories = (0..<count).map { _ in AddressSpace() }
        owners = QueueOwners(physical: memory, virtual: virtualMemories)
    }

    deinit { owners.deallocate() }

    /// Tells each host whose guest memory went away since the last call.
    func reportLostMemory() {
        if memory.table.takeLoss() { memory.host?.memoryLost() }
        for memory in virtualMemories where memory.table.takeLoss() { memory.host?.memoryLost() }
    }

    /// The PF's client has left. The next one finds in configuration space what the EEPROM holds now, as after power-on.
    mutating func powerCycle(_ image: NVMImage) {
        state.physical = Physical(image, count: state.virtual.count, expansionROM)
    }
}

extension Functions.Physical {
    init(_ image: NVMImage, count: Int, _ rom: ExpansionROM?) {
        configuration = PhysicalFunctionConfiguration(
            image, virtualFunctions: count, expansionROMSize: rom?.size ?? 0)
        msix = configuration.msixTable
    }
}

// MARK: Which exist and decode

extension Functions {
    /// Whether VF `index` exists.
    func exists(_ index: Int) -> Bool { index < enabledCount }

    /// The PF is in D0.
    var isAwake: Bool { state.physical.configuration.powerState == .d0 }

    /// The PF has neither MSI nor MSI-X enabled. The pin may be disabled all the same.
    var usesINTx: Bool {
        let configuration = state.physical.configuration
        return !configuration.isMSIEnabled && !configuration.isMSIXEnabled
    }

    /// The VFs that configuration space asks for.
    var requestedCount: Int {
        let configuration = state.physical.configuration
        return configuration.isVirtualized ? min(configuration.virtualFunctionCount, state.virtual.count) : 0
    }

    /// VFs appear or vanish. ``updateMasters(isDisabled:)`` is to be called after it.
    func setEnabledCount(_ count: Int) { owners.virtualFunctions = count }
}

// MARK: Bus mastering and interrupts

extension Functions {
    /// Finds out who may send requests. A VF is its own bus master, but sleeps with the PF.
    /// - Parameter isDisabled: CTRL.GIO_MASTER_DISABLE.
    mutating func updateMasters(isDisabled: Bool) -> RegisterEffects {
        let before = owners.masters
        isMaster = state.physical.configuration.isBusMaster && !isDisabled
        var masters: UInt32 = isMaster ? 0xFFFF : 0
        for index in 0..<enabledCount {
            let queues: UInt32 = 0x101 &<< UInt32(index)
            let isOn = state.virtual[index].configuration.isBusMaster && isAwake
            masters = isOn ? masters | queues : masters & ~queues
        }
        owners.masters = masters
        return masters & ~before != 0 ? [.transmit, .receive] : []
    }

    /// What the PF's configuration space lets interrupts leave by. MSI-X and MSI are memory writes and need mastering.
    var delivery: Interrupts.Delivery {
        let configuration = state.physical.configuration
        if configuration.isMSIXEnabled { return isMaster ? .msix : .none }
        if configuration.isMSIEnabled { return isMaster ? .msi : .none }
        return configuration.isINTxDisabled ? .none : .intx
    }

    /// The PF was reset: takes its messages back that wait for their vector to be unmasked.
    func withdrawMessages() {
        for vector in 0..<state.physical.configuration.interruptCounts.msix { memory.host?.withdrawMSIX(vector) }
    }

    /// VF `index` was reset: takes its messages back that wait for their vector to be unmasked.
    func withdrawMessages(of index: Int) {
        let host = virtualMemories[index].host
        for vector in 0..<VirtualFunctionConfiguration.interruptCounts.msix { host?.withdrawMSIX(vector) }
    }

    /// Vectors of VFs that may send messages, as bits of EICR.
    var deliverableVectors: UInt32 {
        var vectors: UInt32 = 0
        for index in 0..<enabledCount where isAwake {
            let configuration = state.virtual[index].configuration
            if configuration.isMSIXEnabled, configuration.isBusMaster { vectors |= VirtualInterrupts.mask(index) }
        }
        return vectors
    }
}

// MARK: Registers

extension Functions {
    /// A driver's write of PVTCTRL, which is also what VTCTRL leads to.
    func write(_ entry: RegisterMap.Entry, _ value: UInt32) -> RegisterEffects {
        let index = Int(entry.element)
        return PVTCTRL(raw: value).resets && exists(index) ? [.virtualReset(index), .interrupts] : []
    }
}
