import PCIe

extension Session {
    /// DMA_MAP. The function maps the file itself; the descriptor is closed with the request.
    func map(_ request: Request) throws(Refusal) {
        let mapping = try DMAMap(request).mapping
        do throws(DMAMappingError) {
            try function.map(mapping)
        } catch {
            throw Refusal(error)
        }
        _ = beginReply(to: request)
    }

    /// DMA_UNMAP. The reply repeats the request's payload.
    func unmap(_ request: Request) throws(Refusal) {
        try unmap(try DMAUnmap(request))
        guard let reply = beginReply(to: request, payload: DMAUnmap.payloadSize) else { return }
        for offset in stride(from: 0, to: DMAUnmap.payloadSize, by: 8) {
            reply.append(request.load(UInt64.self, at: offset))
        }
    }

    private func unmap(_ target: DMAUnmap) throws(Refusal) {
        switch target {
        case .all: function.unmapAll()
        case .range(let address, let size):
            do throws(DMAMappingError) {
                try function.unmap(address: address, size: size)
            } catch {
                throw Refusal(error)
            }
        }
    }
}
