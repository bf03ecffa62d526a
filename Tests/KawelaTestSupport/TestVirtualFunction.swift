import Intel82576
import PCIe

/// One VF of a port on a bench, with guest RAM and an interrupt host of its own.
public final class TestVirtualFunction {
    public let index: Int
    public let memory = TestMemory(size: 4 << 20)
    public let host = TestHost()
    public let function: any Function

    fileprivate init(_ index: Int, of port: Port) {
        (self.index, function) = (index, port.virtualFunctions[index])
        function.attach(host)
        try! function.map(memory.mapping)
    }

    /// A register of the VF's own space.
    public subscript(offset: Int) -> UInt32 {
        get { UInt32(function.readBAR(0, at: offset, width: 4)) }
        set { function.writeBAR(0, at: offset, width: 4, UInt64(newValue)) }
    }

    /// Bus mastering and memory decoding.
    public func start() { function.writeConfiguration(at: 4, width: 2, 0x0006) }

    /// Enables MSI-X the way igbvf does: transmit vector 0, receive vector 1, mailbox vector 2, all of them with
    /// auto-clear and auto-mask.
    public func enableMSIX() {
        function.writeConfiguration(at: 0x72, width: 2, 0x8000)
        self[0x1700] = 0x8081
        self[0x1740] = 0x82
        for register in [0x152C, 0x1530, 0x1524] { self[register] = 7 }
    }
}

extension TestDriver {
    /// Plugs in VF `index` of the port, whether it is enabled or not.
    public func makeVirtualFunction(_ index: Int) -> TestVirtualFunction { TestVirtualFunction(index, of: port) }

    /// Sets NumVFs, VF Enable and VF MSE through the PF's configuration space. 0 takes the VFs away.
    public func enableVirtualFunctions(_ count: Int) {
        function.writeConfiguration(at: 0x168, width: 2, 0)
        function.writeConfiguration(at: 0x170, width: 2, UInt32(count))
        if count > 0 { function.writeConfiguration(at: 0x168, width: 2, 0x0009) }
    }
}
