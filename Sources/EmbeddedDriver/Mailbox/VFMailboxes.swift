// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// The mailboxes between the PF and each VF, as the PF's registers give access to them.
///
/// The buffer is the VF's memory as much as the PF's, and hardware does not keep either from it. A VF writes only between
/// calls of the driver, so what is read in one call is one message, if a senseless one.
struct VFMailboxes {
    let registers: DeviceRegisters

    /// What VFs did since the last call of ``takeEvents()``, a bit for each VF.
    struct Events {
        var resets: PoolSet
        var requests: PoolSet
        var acknowledgements: PoolSet
    }

    /// Reads and clears what VFs did since the last call.
    func takeEvents() -> Events {
        let resets = registers[VFLRE.self]
        registers[VFLRE.self] = resets
        let causes = registers[MBVFICR.self]
        registers[MBVFICR.self] = causes
        return Events(
            resets: resets.functions, requests: causes.requests, acknowledgements: causes.acknowledgements)
    }

    /// Takes the buffer, reads it and acknowledges the message. The buffer stays the PF's until ``send(_:to:)`` or ``release(_:)``.
    ///
    /// A VF that keeps the buffer while it asks for an answer loses it.
    func receive(from vf: Int) -> Message {
        if !takeBuffer(of: vf) {
            registers.write(PFMAILBOX.self, vf) { $0.revokes = true }
            _ = takeBuffer(of: vf)
        }
        let words = (0..<Message.size).map { registers[VMBMEM.self, Self.word($0, of: vf)].raw }
        registers.write(PFMAILBOX.self, vf) { ($0.takes, $0.acknowledges) = (true, true) }
        return Message(words: words)
    }

    /// Takes ownership of the buffer. False while the VF owns it.
    func takeBuffer(of vf: Int) -> Bool {
        registers.write(PFMAILBOX.self, vf) { $0.takes = true }
        return registers[PFMAILBOX.self, vf].takes
    }

    /// Writes `words` into the buffer, gives it up and interrupts the VF.
    func send(_ words: [UInt32], to vf: Int) {
        for (index, word) in words.prefix(Message.size).enumerated() {
            registers[VMBMEM.self, Self.word(index, of: vf)] = VMBMEM(raw: word)
        }
        registers.write(PFMAILBOX.self, vf) { $0.signals = true }
    }

    /// Gives up the buffer without a message.
    func release(_ vf: Int) { registers.write(PFMAILBOX.self, vf) }

    private static func word(_ index: Int, of vf: Int) -> Int { VMBMEM.wordsPerFunction * vf + index }
}
