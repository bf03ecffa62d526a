// SPDX-License-Identifier: Apache-2.0

import Glibc

extension Session {
    func handle(_ request: Request) {
        do throws(Refusal) {
            try dispatch(request)
        } catch {
            refuse(request, error)
        }
    }

    private func dispatch(_ request: Request) throws(Refusal) {
        let command = Command(rawValue: request.header.command)
        guard request.descriptors.isEmpty || command?.takesDescriptors == true else { throw Refusal(EINVAL) }
        guard state == .running || command == .version else {
            finish(.violation("first message is not VERSION"))
            throw Refusal(EINVAL)
        }
        guard let command else { throw Refusal(ENOSYS) }
        try dispatch(command, request)
    }

    private func dispatch(_ command: Command, _ request: Request) throws(Refusal) {
        switch command {
        case .regionWrite: try writeRegion(request)
        case .regionRead: try readRegion(request)
        case .regionWriteMulti: try writeRegions(request)
        case .version: try negotiate(request)
        case .dmaMap: try map(request)
        case .dmaUnmap: try unmap(request)
        case .deviceGetInfo: try describeDevice(request)
        case .deviceGetRegionInfo: try describeRegion(request)
        case .deviceGetIRQInfo: try describeInterrupt(request)
        case .deviceSetIRQs: try setInterrupts(request)
        case .deviceReset: try resetDevice(request)
        case .dmaRead, .dmaWrite: throw Refusal(EINVAL)
        case .deviceGetRegionIOFDs, .dirtyPages, .deviceFeature, .migrationDataRead, .migrationDataWrite:
            throw Refusal(ENOTSUP)
        }
    }
}
