import PCIe

// Queue registers that clients map: a tail is then written without any message, and found by polling.
//
// The pages that hold only queue registers are 0xC000 and 0xE000 of the PF and 0x2000 and 0x3000 of a VF. The register
// file stays what counts. Polling takes over what clients wrote, through the same register writes that messages lead to;
// publishing puts back what the registers then say, and heads as they move.
//
//   QueuePages (Memory/)  one function's pages, and what is known of them
//   MappedQueues          the pages of all functions, from a client's coming to its going
//   PollQueues            from the pages to the registers
//   PublishQueues         from the registers to the pages
//
// Each client gets pages of its own, made when it comes: one that is gone may still have its old ones mapped.
//
// Other than with messages:
// - RQDPC, which a read clears, reads as zero on the pages, since reads of memory are not seen. Messages read it.
// - Reserved bits, and words without a register, read back as written until the next poll.
// - In D3hot reads do not fail; writes are lost all the same.

/// The pages of queue registers of the functions that have a client.
///
/// A saved device needs nothing of it: pages show what the registers say, and a new client gets new ones.
struct MappedQueues: ~Copyable {
    /// The PF is function 0, VF v is function v + 1.
    static let physical = 0
    static func virtual(_ index: Int) -> Int { index + 1 }

    /// Clients are offered pages to map.
    let isOffered: Bool
    /// Functions that have pages, a bit each.
    private(set) var functions: UInt32 = 0
    /// Polls that found changes, whoever asked for them.
    var polledChanges: UInt64 = 0

    let registers: RegisterFile
    private let pages = FixedBuffer<QueuePages?>(repeating: nil, count: 9)

    init(_ registers: RegisterFile, isOffered: Bool) { (self.registers, self.isOffered) = (registers, isOffered) }

    deinit {
        for function in 0..<pages.count { pages[function]?.close() }
    }

    subscript(function: Int) -> QueuePages? { @inline(__always) get { pages[function] } }

    /// Makes new pages for a new client. Without memory for them the function has none.
    mutating func open(_ function: Int, _ layout: QueuePageLayout) {
        close(function)
        guard isOffered, let new = QueuePages(layout) else { return }
        pages[function] = new
        functions |= 1 &<< UInt32(truncatingIfNeeded: function)
    }

    /// The client of `function` is gone.
    mutating func close(_ function: Int) {
        pages[function]?.close()
        pages[function] = nil
        functions &= ~(1 &<< UInt32(truncatingIfNeeded: function))
    }

    /// What the client of `function` may map of BAR 0.
    func mappablePart(_ function: Int) -> MappablePart? {
        pages[function].map { MappablePart(descriptor: $0.descriptor, areas: $0.layout.areas) }
    }

    /// Whether what a client writes to its pages now could have an effect before its next message: the pages are to be
    /// polled without being asked.
    /// - Parameter masters: functions that may send requests, a bit each.
    func needsPolling(_ masters: UInt32) -> Bool {
        functions & masters != 0 && (registers[TCTL.self].isEnabled || registers[RCTL.self].isEnabled)
    }
}
