// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostSystem
import PCIe

extension Session {
    /// DMA_MAP. The function maps the file itself; the descriptor is closed with the request.
    func map(_ request: Request) throws(Refusal) {
        let mapping = try DMAMap(request).mapping
        let file = request.descriptors.first
        let isInMemory = file?.isMemory ?? false
        if file != nil, !isInMemory, guestMemory == .inMemory { throw refuseFile() }
        do throws(DMAMappingError) {
            try function.map(mapping)
        } catch {
            note(error)
            throw Refusal(error)
        }
        // The mapping keeps the file, so this is not the last close, which would have to give its memory back.
        if isInMemory { file?.closeAtOnce() }
        _ = beginReply(to: request)
    }

    /// Of a file that is not of the kind that ``GuestMemoryFiles`` wants.
    private func refuseFile() -> Refusal {
        if !hasRefusedMemory {
            log.warning(
                "guest memory refused, its file is neither in tmpfs nor of huge pages: give QEMU memory-backend-memfd, or serve with --guest-memory any-file"
            )
        }
        hasRefusedMemory = true
        return Refusal(EPERM)
    }

    /// A guest whose IOMMU translates can come here with small pages; its DMA fails where nothing is mapped.
    private func note(_ error: DMAMappingError) {
        guard error == .tooManyMappings, !hasExceededMappings else { return }
        hasExceededMappings = true
        log.warning(
            "a mapping refused: guest memory is in too many ranges or files, or they are too large. With an IOMMU in the guest, iommu=pt or larger pages take fewer"
        )
    }

    /// DMA_UNMAP. The reply repeats the request's payload, with the size of what was mapped in a range. That may be 0, as
    /// with the kernel's VFIO: behind an emulated IOMMU, QEMU unmaps what a guest may have mapped.
    func unmap(_ request: Request) throws(Refusal) {
        let size = try unmap(try DMAUnmap(request)) ?? request.load(UInt64.self, at: DMAUnmap.sizeOffset)
        guard let reply = beginReply(to: request, payload: DMAUnmap.payloadSize) else { return }
        for offset in stride(from: 0, to: DMAUnmap.sizeOffset, by: 8) {
            reply.append(request.load(UInt64.self, at: offset))
        }
        reply.append(size)
    }

    /// How many bytes of a range were mapped.
    private func unmap(_ target: DMAUnmap) throws(Refusal) -> UInt64? {
        switch target {
        case .all:
            function.unmapAll()
            return nil
        case .range(let address, let size):
            do throws(DMAMappingError) {
                return try function.unmap(address: address, size: size)
            } catch {
                throw Refusal(error)
            }
        }
    }
}
