// Where the port takes part in queue registers that clients map; see MappedQueues/.

extension Port {
    /// Takes over what clients wrote to their pages of queue registers. Whether there was anything.
    @discardableResult
    @inline(__always)
    public func pollQueues() -> Bool { mappedQueues.functions != 0 && pollPages() }

    private func pollPages() -> Bool {
        let isChanged = mappedQueues.poll(functions.decoding) { writeRegister($0, $1) }
        if isChanged { mappedQueues.polledChanges &+= 1 }
        return isChanged
    }

    /// Polls of mapped queues that found changes, whoever asked for them.
    public var polledChanges: UInt64 { mappedQueues.polledChanges }

    /// Whether what a client writes to mapped queues now could have an effect before its next message: call
    /// ``pollQueues()`` without being asked.
    public var needsPolling: Bool { mappedQueues.functions != 0 && mappedQueues.needsPolling(functions.masters) }

    /// Puts what the queue registers say onto the clients' pages.
    @inline(__always)
    func publishQueues() {
        if mappedQueues.functions != 0 { mappedQueues.publish(functions.existing) }
    }

    /// Offers a new client of `function` its queue registers.
    func openQueues(_ function: Int, _ layout: QueuePageLayout) {
        mappedQueues.open(function, layout)
        publishQueues()
    }

    /// Does what a message asks for, between what its client wrote to the pages before it and what it reads there after.
    @inline(__always)
    func inOrder<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        pollQueues()
        defer { publishQueues() }
        return try body()
    }
}
