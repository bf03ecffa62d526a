// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import PCIe

/// A virtual machine with one function of a port: its memory, its register accesses, and the host of the function.
final class Guest: FunctionHost {
    /// 0 for the PF, n + 1 for VF n.
    let number: Int
    let memory: GuestMemory
    let function: any Function
    private(set) var isAttached = false
    /// A queue of the function was in use, or a script wrote to its memory.
    var isInUse = false
    /// Its function was taken away, and memory kept to compare.
    private var isKept = false
    /// Requests for memory without a file since it was set to 0.
    var requests = 0
    var rings = Rings()

    init(_ number: Int, of port: Port) {
        self.number = number
        memory = GuestMemory.all[number]
        function = number == 0 ? port.physicalFunction : port.virtualFunctions[number - 1]
        memory.fill()
    }

    // MARK: Plugging in

    func attach() {
        guard !isAttached else { return }
        isAttached = true
        isKept = false
        function.attach(self)
        for mapping in memory.mappings { map(mapping) }
    }

    func map(_ mapping: DMAMapping) { try? function.map(mapping) }

    func detach() {
        guard isAttached else { return }
        isAttached = false
        function.detach()
        memory.keep()
        isKept = true
    }

    /// Nobody writes to memory whose function was taken away.
    func checkDetached() {
        require(!isKept || memory.isAsKept, "memory of function \(number) changed after it was detached")
    }

    // MARK: Registers

    private var sees: Int { number == 0 ? 0x1FFFF : 0x3FFF }

    // Nobody reaches a function that is detached.

    func read(_ offset: Int) -> UInt32 {
        isAttached ? UInt32(truncatingIfNeeded: function.readBAR(0, at: offset & sees & ~3, width: 4)) : 0
    }

    func write(_ offset: Int, _ value: UInt32) {
        let offset = offset & sees & ~3
        if isAttached { function.writeBAR(0, at: offset, width: 4, UInt64(value)) }
    }

    func configure(at offset: Int, width: Int, _ value: UInt32) {
        if isAttached { function.writeConfiguration(at: offset, width: width, value) }
    }

    /// Where the function sees register `R`, or element `index` of an array; `nil` where it does not.
    func offset<R: Register>(of type: R.Type, _ index: Int = 0) -> Int? {
        number == 0 ? R.offset(of: index % R.count) : R.window?.offset(of: index & 1)
    }

    subscript<R: Register>(_ type: R.Type, _ index: Int = 0) -> R {
        get { R(raw: self[raw: type, index]) }
        set { self[raw: type, index] = newValue.raw }
    }

    /// What the function does not see reads as zero.
    subscript<R: Register>(raw type: R.Type, _ index: Int = 0) -> UInt32 {
        get { offset(of: type, index).map { read($0) } ?? 0 }
        set { if let offset = offset(of: type, index) { write(offset, newValue) } }
    }

    /// Sets the address registers of a ring.
    func setAddress<Low: Register, High: Register>(_ low: Low.Type, _ high: High.Type, _ queue: Int, _ address: UInt64)
    {
        self[raw: low, queue] = UInt32(truncatingIfNeeded: address)
        self[raw: high, queue] = UInt32(truncatingIfNeeded: address >> 32)
    }

    // MARK: Host

    func sendMSIX(_ vector: Int) {
        require(isAttached, "an interrupt of a function that is detached")
        require((0..<function.interruptCounts.msix).contains(vector), "MSI-X vector \(vector) of function \(number)")
    }

    func isMSIXPending(_ vector: Int) -> Bool {
        require((0..<function.interruptCounts.msix).contains(vector), "pending bit \(vector) of function \(number)")
        return vector & 1 == 1
    }

    func withdrawMSIX(_ vector: Int) {
        require((0..<function.interruptCounts.msix).contains(vector), "MSI-X vector \(vector) of function \(number)")
    }

    func sendMSI(_ vector: Int) { require(vector == 0, "MSI vector \(vector) of function \(number)") }
    func setINTx(asserted: Bool) { require(number == 0, "INTx of a VF") }
    var canWait: Bool { true }
    func memoryLost() { violated("memory of function \(number) is lost") }

    func readMemory(at address: UInt64, into buffer: inout MutableRawSpan) -> Bool {
        requests += 1
        let place = messagePlace(address, buffer.byteCount)
        let content = memory.read(buffer.byteCount, at: place)
        buffer.withUnsafeMutableBytes { $0.copyBytes(from: content) }
        return true
    }

    func writeMemory(at address: UInt64, _ bytes: RawSpan) -> Bool {
        requests += 1
        memory.write(bytes.withUnsafeBytes { Array($0) }, at: messagePlace(address, bytes.byteCount))
        return true
    }

    private func messagePlace(_ address: UInt64, _ count: Int) -> Int {
        let area = GuestMemory.addresses(of: .messages)
        let (end, overflow) = address.addingReportingOverflow(UInt64(count))
        require(
            !overflow && address >= UInt64(area.lowerBound) && end <= UInt64(area.upperBound),
            "a request of function \(number) for \(count) bytes at \(address), which has a file or is not mapped")
        return Int(address)
    }
}

/// What a driver knows of its rings.
struct Rings {
    struct Transmit {
        var base = 0
        var count = 0
        var tail = 0
    }

    struct Receive {
        var base = 0
        var count = 0
        var tail = 0
        var bufferSize = 2048
    }

    var transmit = [Transmit](repeating: Transmit(), count: 16)
    var receive = [Receive](repeating: Receive(), count: 16)
    /// Where the next buffer lies.
    private var next = Rings.buffers.lowerBound

    /// A ring of 128 descriptors for each of 16 queues, for transmit and for receive, then buffers.
    static let ringSize = 0x800
    static let buffers = 32 * ringSize..<GuestMemory.sharedSize

    static func transmitBase(_ queue: Int) -> Int { queue * ringSize }
    static func receiveBase(_ queue: Int) -> Int { (16 + queue) * ringSize }

    /// Takes room for a buffer; after the last it begins again, with what may be in use still.
    mutating func takeBuffer(_ count: Int) -> Int {
        if next + count > Self.buffers.upperBound { next = Self.buffers.lowerBound }
        defer { next = (next + count + 63) & ~63 }
        return next
    }
}
