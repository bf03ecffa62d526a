// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// Features of a virtio network device, by the bits of virtio and vhost-user.
///
/// - Specification: Virtual I/O Device (VIRTIO) 1.2, 5.1.3 and 6; vhost-user protocol, `VHOST_USER_F_PROTOCOL_FEATURES`.
struct VirtioFeatures: OptionSet {
    let rawValue: UInt64

    /// CSUM: the device completes checksums.
    static let checksum = VirtioFeatures(rawValue: 1 << 0)
    /// GUEST_CSUM: the driver completes checksums, and takes the device's word for others.
    static let guestChecksum = VirtioFeatures(rawValue: 1 << 1)
    static let guestTSO4 = VirtioFeatures(rawValue: 1 << 7)
    static let guestTSO6 = VirtioFeatures(rawValue: 1 << 8)
    static let guestECN = VirtioFeatures(rawValue: 1 << 9)
    static let hostTSO4 = VirtioFeatures(rawValue: 1 << 11)
    static let hostTSO6 = VirtioFeatures(rawValue: 1 << 12)
    /// HOST_ECN: the device cuts TCP segments with CWR.
    static let hostECN = VirtioFeatures(rawValue: 1 << 13)
    /// MRG_RXBUF: a received frame may take several buffers.
    static let mergedBuffers = VirtioFeatures(rawValue: 1 << 15)
    static let eventIndex = VirtioFeatures(rawValue: 1 << 29)
    /// Not virtio's: the back end knows `GET_PROTOCOL_FEATURES`, and enables rings when it is told to.
    static let protocolFeatures = VirtioFeatures(rawValue: 1 << 30)
    static let version1 = VirtioFeatures(rawValue: 1 << 32)
    static let guestUSO4 = VirtioFeatures(rawValue: 1 << 54)
    static let guestUSO6 = VirtioFeatures(rawValue: 1 << 55)
    static let hostUSO = VirtioFeatures(rawValue: 1 << 56)

    private static let plain: VirtioFeatures = [
        .checksum, .guestChecksum, .mergedBuffers, .eventIndex, .protocolFeatures, .version1,
    ]
    private static let hostSegmentation: VirtioFeatures = [.hostTSO4, .hostTSO6, .hostECN, .hostUSO]
    private static let guestSegmentation: VirtioFeatures = [.guestTSO4, .guestTSO6, .guestECN, .guestUSO4, .guestUSO6]

    /// What is accepted of an offer. Segmentation needs checksums, and towards the port several buffers a frame; ECN needs TCP
    /// segmentation.
    func accepted() -> VirtioFeatures {
        var result = intersection(Self.plain)
        if contains(.checksum) { result.formUnion(intersection(Self.hostSegmentation)) }
        if contains([.guestChecksum, .mergedBuffers]) { result.formUnion(intersection(Self.guestSegmentation)) }
        if result.isDisjoint(with: [.hostTSO4, .hostTSO6]) { result.remove(.hostECN) }
        if result.isDisjoint(with: [.guestTSO4, .guestTSO6]) { result.remove(.guestECN) }
        return result
    }

    /// What a port may leave to the back end.
    var offloads: UplinkOffloads {
        var result: UplinkOffloads = []
        if contains(.checksum) { result.insert(.checksum) }
        if contains(.hostTSO4) { result.insert(.segmentTCP4) }
        if contains(.hostTSO6) { result.insert(.segmentTCP6) }
        if contains(.hostUSO) { result.insert(.segmentUDP) }
        return result
    }
}
