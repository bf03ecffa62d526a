// SPDX-License-Identifier: Apache-2.0

/// Single Root I/O Virtualization capability of a physical function, without VF migration.
///
/// NumVFs, System Page Size and ARI Capable Hierarchy cannot be written while VF Enable is set: they must not change.
/// VF Enable does not set while NumVFs exceeds TotalVFs; the specification leaves that undefined.
///
/// - Specification: Single Root I/O Virtualization and Sharing 1.1, 3.3
package struct SRIOV: Capability {
    /// InitialVFs and TotalVFs.
    package var totalVFs: UInt16
    /// First VF Offset while ARI Capable Hierarchy is clear, and set.
    package var firstVFOffset: (withoutARI: UInt16, withARI: UInt16)
    package var vfStride: UInt16
    package var vfDeviceID: UInt16
    /// Supported Page Sizes: bit n stands for 4 KiB << n. Bit 0 must be set, and none that stands for 4 GiB or more.
    package var supportedPageSizes: UInt32
    /// The windows of one VF.
    package var baseAddressRegisters: [BAR]
    /// The function this one depends on; its own number when it stands alone.
    package var functionDependencyLink: UInt8

    package init(
        totalVFs: UInt16, firstVFOffset: (withoutARI: UInt16, withARI: UInt16), vfStride: UInt16, vfDeviceID: UInt16,
        supportedPageSizes: UInt32, baseAddressRegisters: [BAR], functionDependencyLink: UInt8 = 0
    ) {
        precondition(supportedPageSizes & 1 == 1 && supportedPageSizes >> 20 == 0, "impossible page sizes")
        (self.totalVFs, self.firstVFOffset, self.vfStride) = (totalVFs, firstVFOffset, vfStride)
        (self.vfDeviceID, self.supportedPageSizes) = (vfDeviceID, supportedPageSizes)
        (self.baseAddressRegisters, self.functionDependencyLink) = (baseAddressRegisters, functionDependencyLink)
    }

    private enum Offset {
        static let control = 0x08
        static let initialVFs = 0x0C
        static let totalVFs = 0x0E
        static let numVFs = 0x10
        static let functionDependencyLink = 0x12
        static let firstVFOffset = 0x14
        static let vfStride = 0x16
        static let vfDeviceID = 0x1A
        static let supportedPageSizes = 0x1C
        static let systemPageSize = 0x20
        static let baseAddressRegisters = 0x24
    }

    package func install(in space: inout ConfigurationSpace, at offset: Int) {
        space.append(self, .extended(.singleRootIOVirtualization, version: 1), at: offset)
        space.define(at: offset + Offset.control, UInt16(0), writable: Control.writable)
        space.define(at: offset + Offset.initialVFs, totalVFs)
        space.define(at: offset + Offset.totalVFs, totalVFs)
        space.define(at: offset + Offset.numVFs, UInt16(0), writable: .max)
        space.define(at: offset + Offset.functionDependencyLink, functionDependencyLink)
        space.define(at: offset + Offset.firstVFOffset, firstVFOffset.withoutARI)
        space.define(at: offset + Offset.vfStride, vfStride)
        space.define(at: offset + Offset.vfDeviceID, vfDeviceID)
        space.define(at: offset + Offset.supportedPageSizes, supportedPageSizes)
        space.define(at: offset + Offset.systemPageSize, UInt32(1), writable: supportedPageSizes)
        for bar in baseAddressRegisters { bar.define(in: &space, base: offset + Offset.baseAddressRegisters) }
    }

    package func settle(_ space: inout ConfigurationSpace, at offset: Int, since before: ConfigurationSpace) {
        refuseTooManyVFs(&space, at: offset)
        let control = Control(in: space, at: offset)
        let first = control.isARIHierarchy ? firstVFOffset.withARI : firstVFOffset.withoutARI
        space.store(first, at: offset + Offset.firstVFOffset)
        lock(control.isEnabled, &space, at: offset)
        let pageSize = Self.systemPageSize(in: space, at: offset)
        for bar in baseAddressRegisters {
            bar.resize(to: max(bar.size, pageSize), in: &space, base: offset + Offset.baseAddressRegisters)
        }
    }

    private func refuseTooManyVFs(_ space: inout ConfigurationSpace, at offset: Int) {
        guard Self.vfCount(in: space, at: offset) > Int(totalVFs) else { return }
        let control = Control(in: space, at: offset).rawValue
        space.store(control & ~Control.enable, at: offset + Offset.control)
    }

    private func lock(_ isLocked: Bool, _ space: inout ConfigurationSpace, at offset: Int) {
        space.setWritable(
            isLocked ? Control.writable & ~Control.ariHierarchy : Control.writable, at: offset + Offset.control)
        space.setWritable(isLocked ? 0 : UInt16.max, at: offset + Offset.numVFs)
        space.setWritable(isLocked ? 0 : supportedPageSizes, at: offset + Offset.systemPageSize)
    }
}

// MARK: Live state

extension SRIOV {
    /// SR-IOV Control.
    package struct Control: Sendable, Equatable {
        package let rawValue: UInt16

        package init(in space: ConfigurationSpace, at offset: Int) {
            rawValue = space.load(at: offset + Offset.control)
        }

        fileprivate static let enable: UInt16 = 0x0001
        fileprivate static let memorySpace: UInt16 = 0x0008
        fileprivate static let ariHierarchy: UInt16 = 0x0010
        fileprivate static let writable = enable | memorySpace | ariHierarchy

        /// VF Enable, bit 0: the VFs exist.
        package var isEnabled: Bool { rawValue & Self.enable != 0 }
        /// VF MSE, bit 3: the memory windows of the VFs decode.
        package var isMemoryEnabled: Bool { rawValue & Self.memorySpace != 0 }
        /// ARI Capable Hierarchy, bit 4: VFs may have function numbers above 7.
        package var isARIHierarchy: Bool { rawValue & Self.ariHierarchy != 0 }
    }

    /// NumVFs, as last written: while VF Enable is clear it may exceed TotalVFs.
    package static func vfCount(in space: ConfigurationSpace, at offset: Int) -> Int {
        Int(space.load(at: offset + Offset.numVFs, as: UInt16.self))
    }

    /// System Page Size in bytes: its lowest bit if software set several, 4 KiB if it set none.
    package static func systemPageSize(in space: ConfigurationSpace, at offset: Int) -> Int {
        let bits: UInt32 = space.load(at: offset + Offset.systemPageSize)
        return bits == 0 ? 4096 : 4096 << bits.trailingZeroBitCount
    }

    /// Where `bar` of VF `index` is: the windows of all VFs lie one behind the other.
    package static func address(
        of bar: BAR, ofVF index: Int, in space: ConfigurationSpace, at offset: Int
    ) -> UInt64 {
        let size = max(bar.size, systemPageSize(in: space, at: offset))
        let base = bar.address(in: space, base: offset + Offset.baseAddressRegisters)
        return base &+ UInt64(truncatingIfNeeded: index) &* UInt64(truncatingIfNeeded: size)
    }
}
