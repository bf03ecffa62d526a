extension QueuePageLayout {
    /// The pages of the physical function, which has all queues.
    static let physical = QueuePageLayout(
        barSize: PhysicalFunctionConfiguration.barSizes[0], count: RDBAL.count,
        receive: Lines(start: RDBAL.offset, stride: RDBAL.stride),
        transmit: Lines(start: TDBAL.offset, stride: TDBAL.stride),
        receiveRegisters: Lines(start: RDBAL.offset, stride: RDBAL.stride),
        transmitRegisters: Lines(start: TDBAL.offset, stride: TDBAL.stride))

    /// The pages of VF `index`. Its queue 0 is queue `index` of the port, its queue 1 the one 8 further.
    static func virtual(_ index: Int) -> QueuePageLayout {
        QueuePageLayout(
            barSize: VirtualFunctionConfiguration.barSizes[0], count: 2,
            receive: virtualLines(.RDBAL), transmit: virtualLines(.TDBAL),
            receiveRegisters: Lines(start: RDBAL.offset(of: index), stride: 8 * RDBAL.stride),
            transmitRegisters: Lines(start: TDBAL.offset(of: index), stride: 8 * TDBAL.stride))
    }

    /// The lines that begin with the register `name` in the register space of a VF.
    private static func virtualLines(_ name: RegisterName) -> Lines {
        guard let row = RegisterTable.virtual.first(where: { $0.name == name }) else {
            preconditionFailure("a VF has queues")
        }
        return Lines(start: Int(row.offset), stride: Int(row.stride))
    }
}
