// SPDX-License-Identifier: Apache-2.0

import HostSystem
import SystemPackage

/// What a front end and a back end agree on before frames cross, one request after the other.
///
/// It does no I/O: ``next`` is to be sent, and its answer, if it has one, to be given to ``take(_:)``.
struct VhostUserHandshake {
    /// VHOST_USER_PROTOCOL_F_REPLY_ACK.
    private static let acknowledges: UInt64 = 1 << 3

    private var requests = [VhostUserMessage(.getFeatures, answer: .value)]
    private var features: VirtioFeatures = []
    private var hasAcknowledgements = false
    /// Made once the features are known.
    private(set) var rings: VhostUserRings?

    /// The request at hand; `nil` when all is agreed.
    var next: VhostUserMessage? { requests.first }

    /// The request at hand was sent and has no answer.
    mutating func skip() { requests.removeFirst() }

    /// The request at hand was answered.
    mutating func take(_ value: UInt64) throws(VhostUserError) {
        let request = requests.removeFirst()
        if request.answer == .acknowledgement {
            guard value == 0 else { throw .refused(request.request) }
            return
        }
        switch request.request {
        case .getProtocolFeatures:
            let accepted = value & Self.acknowledges
            requests = [VhostUserMessage(.setProtocolFeatures, value: accepted)]
            hasAcknowledgements = accepted != 0
            try configure()
        case .getFeatures where rings == nil: try takeFeatures(VirtioFeatures(rawValue: value))
        // Only to know that everything before it was done.
        default: break
        }
    }

    private mutating func takeFeatures(_ offer: VirtioFeatures) throws(VhostUserError) {
        guard offer.contains(.version1) else { throw .isLegacy }
        features = offer.accepted()
        guard features.contains(.protocolFeatures) else { return try configure() }
        requests = [VhostUserMessage(.getProtocolFeatures, answer: .value)]
    }

    /// All requests that need no more answers than that they were done.
    private mutating func configure() throws(VhostUserError) {
        let rings: VhostUserRings
        do throws(Errno) { rings = try VhostUserRings(features) } catch { throw .system(error) }
        self.rings = rings
        var messages = [
            VhostUserMessage(.setOwner), VhostUserMessage(.setFeatures, value: features.rawValue),
            Self.memoryTable(of: rings),
        ]
        let queues = [VhostUserRings.receiveIndex, VhostUserRings.transmitIndex]
        for queue in queues { messages += Self.setUp(queue, of: rings) }
        if features.contains(.protocolFeatures) {
            for queue in queues { messages.append(VhostUserMessage(.setVringEnable, [UInt32(queue), 1])) }
        }
        if hasAcknowledgements {
            for index in messages.indices { messages[index].answer = .acknowledgement }
        } else {
            messages.append(VhostUserMessage(.getFeatures, answer: .value))
        }
        requests += messages
    }

    /// One region: addresses are the same in descriptors and for the front end.
    private static func memoryTable(of rings: VhostUserRings) -> VhostUserMessage {
        var message = VhostUserMessage(.setMemTable, [1, 0], files: [rings.memoryFile])
        let (address, offset) = (VirtqueueDescriptor.memoryAddress, UInt64(0))
        for word in [address, UInt64(rings.memoryLength), address, offset] { message.append(word) }
        return message
    }

    private static func setUp(_ queue: Int, of rings: VhostUserRings) -> [VhostUserMessage] {
        let (layout, events, index) = (rings.layout(of: queue), rings.events(of: queue), UInt32(queue))
        var addresses = VhostUserMessage(.setVringAddr, [index, 0])
        for part in [layout.descriptorTable, layout.usedRing, layout.availRing] {
            addresses.append(VirtqueueDescriptor.memoryAddress + UInt64(part))
        }
        // No log of what is written.
        addresses.append(UInt64(0))
        return [
            VhostUserMessage(.setVringNum, [index, UInt32(VirtqueueLayout.size)]),
            VhostUserMessage(.setVringBase, [index, 0]),
            addresses,
            VhostUserMessage(.setVringCall, value: UInt64(index), files: [events.callFile.number]),
            VhostUserMessage(.setVringKick, value: UInt64(index), files: [events.kickFile.number]),
        ]
    }

    /// What is agreed on, once it is.
    var agreed: VirtioFeatures { features }
}
