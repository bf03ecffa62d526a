/// The mailboxes between the PF and each VF, as the PF's registers give access to them.
///
/// The buffer is the VF's memory as much as the PF's, and hardware does not keep either from it. A VF writes only between
/// calls of the driver, so what is read in one call is one message, if a senseless one.
struct VFMailboxes {
    let registers: DeviceRegisters

    /// What VFs did since the last call of ``takeEvents()``, a bit for each VF.
    struct Events {
        var resets: UInt32
        var requests: UInt32
        var acknowledgements: UInt32
    }

    /// Reads and clears what VFs did since the last call.
    func takeEvents() -> Events {
        let resets = registers.read(.VFLRE)
        registers.write(.VFLRE, resets)
        let causes = registers.read(.MBVFICR)
        registers.write(.MBVFICR, causes)
        return Events(resets: resets & 0xFF, requests: causes & 0xFF, acknowledgements: causes >> 16 & 0xFF)
    }

    /// Takes the buffer, reads it and acknowledges the message. The buffer stays the PF's until ``send(_:to:)`` or ``release(_:)``.
    ///
    /// A VF that keeps the buffer while it asks for an answer loses it.
    func receive(from vf: Int) -> Message {
        if !takeBuffer(of: vf) {
            registers.write(.PFMAILBOX(vf), PFMAILBOX.takeFromVF)
            _ = takeBuffer(of: vf)
        }
        let words = (0..<Message.size).map { registers.read(.VMBMEM(vf, $0)) }
        registers.write(.PFMAILBOX(vf), PFMAILBOX.ownedByPF | PFMAILBOX.acknowledge)
        return Message(words: words)
    }

    /// Takes ownership of the buffer. False while the VF owns it.
    func takeBuffer(of vf: Int) -> Bool {
        registers.write(.PFMAILBOX(vf), PFMAILBOX.ownedByPF)
        return registers.read(.PFMAILBOX(vf)) & PFMAILBOX.ownedByPF != 0
    }

    /// Writes `words` into the buffer, gives it up and interrupts the VF.
    func send(_ words: [UInt32], to vf: Int) {
        for (index, word) in words.prefix(Message.size).enumerated() { registers.write(.VMBMEM(vf, index), word) }
        registers.write(.PFMAILBOX(vf), PFMAILBOX.message)
    }

    /// Gives up the buffer without a message.
    func release(_ vf: Int) { registers.write(.PFMAILBOX(vf), 0) }
}
