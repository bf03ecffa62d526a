// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// Says what the bytes of accesses mean, from what came before them.
struct TraceAnnotator {
    /// What an access is about.
    struct Annotation: Equatable {
        var registers: [TracedRegister] = []
        /// The message that it hands over.
        var message: MailboxMessage?
    }

    /// IOADDR of the PF's I/O BAR.
    private var ioAddress: UInt32 = 0
    private var mailboxes = MailboxFollower()

    /// Takes note of an access. To be called with all of a trace, in order.
    mutating func annotate(_ access: FunctionAccess) -> Annotation {
        switch access.space {
        case .bar(0): annotateRegisters(access)
        case .bar(2): annotateIO(access)
        case .bar(3): Annotation(registers: [.vector(at: access.offset)])
        default: Annotation()
        }
    }

    private mutating func annotateRegisters(_ access: FunctionAccess) -> Annotation {
        var annotation = Annotation(
            registers: TracedRegister.find(access.function, at: access.offset, width: access.width))
        guard access.isWrite, access.width >= 4 else { return annotation }
        for half in 0..<access.width / 4 {
            let value = UInt32(truncatingIfNeeded: access.value >> UInt64(32 * half))
            let message = mailboxes.write(access.function, access.offset + 4 * half, value)
            annotation.message = message ?? annotation.message
        }
        return annotation
    }

    /// IOADDR at 0; at 4 IODATA, the register that IOADDR leads to.
    private mutating func annotateIO(_ access: FunctionAccess) -> Annotation {
        guard access.offset == 4 else {
            if access.isWrite, access.offset == 0 { ioAddress = UInt32(truncatingIfNeeded: access.value) }
            return Annotation(registers: access.offset == 0 ? [TracedRegister(label: "IOADDR")] : [])
        }
        return Annotation(registers: TracedRegister.find(0, at: Int(ioAddress & ~3), width: 4))
    }
}
