import PCIe

// Queue registers that clients map: a tail is then written without any message, and found by looking.
//
// The pages that hold only queue registers are 0xC000 and 0xE000 of the PF and 0x2000 and 0x3000 of a VF. The register
// file stays what counts. A look takes over what clients wrote, through the same writes that messages lead to; showing
// puts back what the registers then say, and heads as they move.
//
//   QueuePages (Memory/)  one function's pages, and what is known of them
//   MappedQueues          the pages of all functions, from a client's coming to its going
//   Look                  from the pages to the registers
//   Show                  from the registers to the pages
//
// Each client gets pages of its own, made when it comes: one that is gone may still have its old ones mapped.
//
// Other than with messages:
// - RQDPC, which a read clears, reads as zero on the pages, since reads of memory are not seen. Messages read it.
// - Reserved bits, and words without a register, read back as written until the next look.
// - In D3hot reads do not fail; writes are lost all the same.

/// The pages of the functions that have a client.
struct MappedQueues: ~Copyable {
    /// The PF is 0, VF v is v + 1.
    static let physical = 0
    static func virtual(_ index: Int) -> Int { index + 1 }

    private let pages = FixedBuffer<QueuePages?>(repeating: nil, count: 9)
    /// Functions that have pages, a bit each.
    private(set) var functions: UInt32 = 0

    subscript(function: Int) -> QueuePages? { @inline(__always) get { pages[function] } }

    /// New pages for a new client. Without memory for them the function has none.
    mutating func open(_ function: Int, _ layout: QueuePageLayout) {
        close(function)
        guard let new = QueuePages(layout) else { return }
        pages[function] = new
        functions |= 1 &<< UInt32(truncatingIfNeeded: function)
    }

    mutating func close(_ function: Int) {
        pages[function]?.close()
        pages[function] = nil
        functions &= ~(1 &<< UInt32(truncatingIfNeeded: function))
    }

    deinit {
        for function in 0..<pages.count { pages[function]?.close() }
    }
}

extension Port {
    func openQueuePages(_ function: Int, _ layout: QueuePageLayout) {
        guard mapsQueues else { return }
        mappedQueues.open(function, layout)
        showQueues()
    }

    /// What the client of `function` may map of BAR 0.
    func mappablePart(_ function: Int) -> MappablePart? {
        mappedQueues[function].map { MappablePart(descriptor: $0.descriptor, areas: $0.layout.areas) }
    }

    /// Whether what a client writes to its pages now could have an effect before its next message: clients are to be
    /// looked at without being asked.
    public var needsLooks: Bool {
        guard mappedQueues.functions != 0, registers[TCTL.self].isEnabled || registers[RCTL.self].isEnabled else {
            return false
        }
        if isMaster, mappedQueues[MappedQueues.physical] != nil { return true }
        let masters = owners.masters & ((1 &<< UInt32(truncatingIfNeeded: owners.virtualFunctions)) &- 1)
        return mappedQueues.functions &>> 1 & masters != 0
    }

    /// Whether `function` takes writes: it is awake and exists.
    func takesWrites(_ function: Int) -> Bool {
        function == MappedQueues.physical ? isAwake : isVisible(function)
    }

    /// Whether the queues are the function's to see.
    func isVisible(_ function: Int) -> Bool { function <= owners.virtualFunctions }

    /// Does what a message asks for, between what its client wrote to the pages before it and what it reads there after.
    @inline(__always)
    func inOrder<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        look()
        defer { showQueues() }
        return try body()
    }
}
