// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// What a trace holds: which functions, and what of them.
struct TraceFilter: Equatable, Sendable {
    struct Kinds: OptionSet, Sendable {
        let rawValue: UInt8
        /// Accesses to configuration space.
        static let configuration = Kinds(rawValue: 1 << 0)
        /// Accesses to BARs, those to the mailbox among them.
        static let registers = Kinds(rawValue: 1 << 1)
        /// Accesses to the mailbox between PF and VFs.
        static let mailbox = Kinds(rawValue: 1 << 2)
        static let interrupts = Kinds(rawValue: 1 << 3)
        /// Resets, and what happens to the port as a whole.
        static let resets = Kinds(rawValue: 1 << 4)

        static let all: Kinds = [.configuration, .registers, .mailbox, .interrupts, .resets]

        /// What users call them.
        static let names: [(name: String, kind: Kinds)] = [
            ("config", .configuration), ("registers", .registers), ("mailbox", .mailbox), ("interrupts", .interrupts),
            ("resets", .resets),
        ]

        var names: [String] { Self.names.filter { contains($0.kind) }.map(\.name) }
    }

    var kinds = Kinds.all
    /// Bit 0 for the PF, bit v + 1 for VF v.
    var functions: UInt16 = 0x1FF

    /// All of them, which a replay needs.
    static let everything = TraceFilter()

    func includes(_ access: FunctionAccess) -> Bool {
        guard includes(access.function) else { return false }
        if access.space == .configuration { return kinds.contains(.configuration) }
        return kinds.contains(.registers) || (kinds.contains(.mailbox) && access.isMailbox)
    }

    func includesInterrupts(of function: Int) -> Bool { kinds.contains(.interrupts) && includes(function) }

    /// The whole port's, and those of VFs that are looked at.
    func includes(_ reset: PortReset) -> Bool {
        guard kinds.contains(.resets) else { return false }
        if case .virtualFunction(let index) = reset { return includes(index + 1) }
        return true
    }

    func includes(_ event: PortEvent) -> Bool {
        guard kinds.contains(.resets) else { return false }
        return switch event {
        case .clientReset(let function), .clientLeft(let function): includes(function)
        case .carrier, .timer: true
        }
    }

    private func includes(_ function: Int) -> Bool { functions >> UInt16(function) & 1 != 0 }
}

extension FunctionAccess {
    /// It is to VMBMEM, PFMAILBOX or VFMAILBOX.
    fileprivate var isMailbox: Bool {
        guard space == .bar(0) else { return false }
        return VMBMEM.offset..<VMBMEM.offset(of: VMBMEM.count) ~= offset
            || PFMAILBOX.offset..<PFMAILBOX.offset(of: PFMAILBOX.count) ~= offset
            || VFMAILBOX.offset..<VFMAILBOX.offset(of: VFMAILBOX.count) ~= offset
    }
}
