// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// The port's link; the speed counts while it is up.
struct Link: Equatable {
    var isUp: Bool
    /// Mb/s.
    var speed: Int
}

extension EmbeddedDriver {
    /// Reads the link, and tells the VFs if it changed.
    func followLink() {
        let status = registers[STATUS.self]
        let new = Link(isUp: status.isLinkUp, speed: status.isLinkUp ? Int(status.speed.rawValue) : link.speed)
        guard new != link else { return }
        let isFaster = new.speed != link.speed
        link = new
        tell(.linkChanged(isUp: link.isUp, megabits: link.speed))
        // The limits are parts of the link's speed.
        if isFaster { for vf in virtualFunctions.indices { applyRate(to: vf) } }
        for vf in virtualFunctions.indices where link.isUp || virtualFunctions[vf].settings.linkState != .on {
            queue(.link, to: vf)
        }
    }

    func changeLinkState(of vf: Int) {
        applyActivity(of: vf)
        queue(.link, to: vf)
    }

    // MARK: Notices

    /// Has `notice` sent to a VF as soon as it has read the message before. A VF that has not introduced itself gets none: its
    /// driver reads the link when it starts.
    func queue(_ notice: VirtualFunction.Notice, to vf: Int) {
        if virtualFunctions[vf].isClearToSend { virtualFunctions[vf].notice = notice }
    }

    /// Nanoseconds for which a message is left for the VF to read before a notice overwrites it.
    private static let readTimeout: UInt64 = 1_000_000_000

    func noticeDeadline(of vf: VirtualFunction) -> UInt64? {
        guard vf.notice != nil, let since = vf.unreadSince else { return nil }
        return since &+ Self.readTimeout
    }

    /// Sends pending notices to VFs that have read what they got before. One that is writing to its buffer is left alone: it
    /// will say so when it is done, and that is the next chance.
    func sendNotices() {
        for vf in virtualFunctions.indices {
            guard let notice = virtualFunctions[vf].notice else { continue }
            if let deadline = noticeDeadline(of: virtualFunctions[vf]), deadline > now { continue }
            // From here on the VF's next event is what is waited for, not the clock.
            virtualFunctions[vf].unreadSince = nil
            guard mailboxes.takeBuffer(of: vf) else { continue }
            virtualFunctions[vf].notice = nil
            send([word(for: notice, to: virtualFunctions[vf])], to: vf)
        }
    }

    private func word(for notice: VirtualFunction.Notice, to vf: VirtualFunction) -> UInt32 {
        switch notice {
        case .link: Message.linkNotice | vf.clearToSend
        case .restart: Message.Mark.refused
        }
    }

    func send(_ words: [UInt32], to vf: Int) {
        mailboxes.send(words, to: vf)
        virtualFunctions[vf].unreadSince = now
    }
}
