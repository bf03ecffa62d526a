// SPDX-License-Identifier: Apache-2.0

import Glibc
import PCIe

extension Session {
    /// DEVICE_GET_INFO. Refused to a client whose memory was: QEMU does not wait for the replies to its first DMA_MAPs, and
    /// would start the guest with a NIC that cannot reach its memory. When this fails, it does not start.
    func describeDevice(_ request: Request) throws(Refusal) {
        try DeviceInformation.check(request)
        if hasRefusedMemory { throw Refusal(EPERM) }
        guard let reply = beginReply(to: request, payload: DeviceInformation.size) else { return }
        DeviceInformation.append(to: reply)
    }

    func describeRegion(_ request: Request) throws(Refusal) {
        let information = try RegionInformation(request)
        guard let reply = beginReply(to: request, payload: RegionInformation.size) else { return }
        information.append(to: reply, regionSize: size(of: information.region))
    }

    /// 0 for a region that is not there.
    func size(of region: Region) -> Int {
        switch region {
        case .bar(let bar): bar < barSizes.count ? barSizes[bar] : 0
        case .expansionROM: romSize
        case .configuration: Region.configurationSize
        case .absent: 0
        }
    }

    func describeInterrupt(_ request: Request) throws(Refusal) {
        let information = try InterruptInformation(request)
        let count = count(of: information.index)
        guard let reply = beginReply(to: request, payload: InterruptInformation.size) else { return }
        information.append(to: reply, count: count)
    }

    func count(of index: InterruptIndex) -> Int {
        switch index {
        case .intx: min(function.interruptCounts.intx, 1)
        case .msi: msi.count
        case .msix: msix.count
        }
    }

    /// DEVICE_RESET. Mappings and eventfds stay.
    func resetDevice(_ request: Request) throws(Refusal) {
        try request.require(payload: 0)
        function.reset()
        msi.clearPending()
        msix.clearPending()
        _ = beginReply(to: request)
    }
}
