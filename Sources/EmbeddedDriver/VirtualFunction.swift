// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// What the driver knows about one VF.
struct VirtualFunction {
    var settings: VFSettings
    /// The address the VF has now.
    var station: UnicastAddress
    /// Its driver introduced itself (VF_RESET) and may ask for things.
    var isClearToSend = false

    // What its driver asked for, forgotten with each reset.
    var vlans: Set<UInt16> = []
    var promiscuity: Message.Promiscuity = []
    var hasManyMulticasts = false
    /// The largest frame its driver takes; `nil` for those of 1518 bytes.
    var longestFrame: UInt32?

    // The mailbox.
    var notice: Notice?
    /// When a message was left that the VF has not acknowledged yet, in nanoseconds.
    var unreadSince: UInt64?
    /// When the VF was last told that it has to introduce itself first.
    var lastRefusal: UInt64?
    var eventRateLimit = EventRateLimit()

    init(_ settings: VFSettings) {
        self.settings = settings
        station = settings.address
    }

    /// A message from the PF of its own accord, which waits until the one before has been read.
    enum Notice: Equatable {
        case link
        /// The VF's driver has to start anew.
        case restart
    }

    mutating func forgetRequests() {
        (vlans, promiscuity, hasManyMulticasts, longestFrame) = ([], [], false, nil)
    }

    /// The VLANs that its driver asked for, less those that new settings took from it.
    var grantedVLANs: Set<UInt16> { vlans.filter { settings.mayJoin($0) } }

    /// What goes with each message to a VF that is to see a link.
    var clearToSend: UInt32 { settings.linkState == .off ? 0 : Message.Mark.clearToSend }

    /// Whether its pool may receive and send.
    var isActive: Bool { isClearToSend && settings.linkState != .off }

    func filterControl(hasMulticasts: Bool) -> VMOLR {
        var control = VMOLR(raw: 0)
        (control.stripsCRC, control.acceptsBroadcast) = (true, true)
        if let longestFrame {
            control.acceptsLongPackets = true
            control.maximumLength = lengthLimit(longestFrame)
        }
        control.acceptsUntagged = settings.portVLAN == nil
        control.stripsVLAN = settings.portVLAN != nil || !grantedVLANs.isEmpty
        control.acceptsMulticastHash = hasMulticasts
        control.isMulticastPromiscuous = hasManyMulticasts || isPromiscuous(.multicast)
        control.acceptsUnicastHash = isPromiscuous(.unicast)
        return control
    }

    /// The chip measures with the tag of a port VLAN, of which the VF's driver does not know.
    private func lengthLimit(_ longest: UInt32) -> Int {
        min(Int(longest) + (settings.portVLAN == nil ? 0 : 4), 0x3FFF)
    }

    private func isPromiscuous(_ what: Message.Promiscuity) -> Bool {
        settings.isTrusted && promiscuity.contains(what)
    }
}
