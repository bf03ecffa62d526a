// SPDX-License-Identifier: Apache-2.0

/// Where a virtual function sees its share of a register, and which elements of the physical array those are.
package struct VirtualWindow: Equatable, Sendable {
    /// Byte offset in the VF's register space.
    package var offset: UInt32
    /// The register's name there, when it has another.
    package var name: RegisterName?
    package var count = 1
    package var stride: UInt32 = 4
    /// A second address of the first element; 0 for none.
    package var alias: UInt32 = 0
    /// The physical element that is element 0 of VF 0.
    package var first = 0
    /// Physical elements from a VF to the next one; 0 when all VFs see the same.
    package var perVF = 1
    /// Physical elements from an element of the window to the next one.
    package var step = 1
    /// The bits that a VF can write, when not those of the PF.
    package var writable: UInt32?
    /// The VF cannot write it, whatever the PF can.
    package var isReadOnly = false

    init(
        at offset: UInt32, _ name: RegisterName? = nil, count: Int = 1, alias: UInt32 = 0, first: Int = 0,
        perVF: Int = 1,
        writable: UInt32? = nil, isReadOnly: Bool = false
    ) {
        (self.offset, self.name, self.count, self.alias) = (offset, name, count, alias)
        (self.first, self.perVF, self.writable, self.isReadOnly) = (first, perVF, writable, isReadOnly)
    }

    /// The two queues of a VF.
    static func queue(at offset: UInt32) -> VirtualWindow {
        var window = VirtualWindow(at: offset, count: 2)
        (window.stride, window.step) = (0x100, 8)
        return window
    }

    /// Byte offset in the VF's register space of element `index`.
    package func offset(of index: Int) -> Int { Int(offset) + Int(stride) * index }

    /// The element of the physical array that is element `index` of VF `function`.
    package func element(_ index: Int, of function: Int) -> Int { first + perVF * function + step * index }
}

extension RegisterSpec {
    /// The row of the VF's register space that this one makes.
    var inWindow: RegisterSpec? {
        guard let window else { return nil }
        var row = self
        (row.offset, row.count, row.stride) = (window.offset, window.count, window.stride)
        (row.alias, row.aliasCount, row.aliasStride) = (window.alias, window.alias == 0 ? 0 : 1, 4)
        if let name = window.name { row.name = name }
        if let writable = window.writable { row.writable = writable }
        if window.isReadOnly { (row.access, row.writable) = (.readOnly, 0) }
        return row
    }
}
