// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostSystem

extension Session {
    /// DEVICE_SET_IRQS.
    func setInterrupts(_ request: Request) throws(Refusal) {
        let change = try SetInterrupts(request)
        if change.disablesIndex {
            disable(change.index)
        } else {
            let vectors = try change.vectors(of: count(of: change.index))
            try prepare(request.descriptors)
            switch change.index {
            case .intx: try changeINTx(change, request)
            case .msi: try Self.apply(change, request, to: &msi, vectors)
            case .msix: try Self.apply(change, request, to: &msix, vectors)
            }
        }
        _ = beginReply(to: request)
    }

    private func disable(_ index: InterruptIndex) {
        switch index {
        case .intx: intx.disable()
        case .msi: msi.disable()
        case .msix: msix.disable()
        }
    }

    /// An honest client leaves the flag; see ``ClientEvents`` for others.
    private func prepare(_ descriptors: [Descriptor]) throws(Refusal) {
        for descriptor in descriptors {
            guard descriptor.isEventDescriptor, (try? descriptor.setNonBlocking()) != nil else { throw Refusal(EINVAL) }
            descriptor.closeAtOnce()
        }
    }

    private func changeINTx(_ change: SetInterrupts, _ request: Request) throws(Refusal) {
        switch (change.data, change.action) {
        case (.eventfd, .trigger):
            if intx.isLoop(trigger: request.descriptors.first) { throw Refusal(EINVAL) }
            intx.bind(to: request.descriptors.first)
        case (.eventfd, .unmask):
            if intx.isLoop(resample: request.descriptors.first) { throw Refusal(EINVAL) }
            intx.bindResample(to: request.descriptors.first)
        case (.eventfd, .mask): throw Refusal(ENOTSUP)
        case (_, let action):
            guard change.selects(0, in: request) else { return }
            if action == .trigger { intx.signalOnce() } else { intx.setMasked(action == .mask) }
        }
    }

    private static func apply(
        _ change: SetInterrupts, _ request: Request, to table: inout VectorTable, _ vectors: Range<Int>
    ) throws(Refusal) {
        guard change.data == .eventfd else {
            for vector in vectors where change.selects(vector, in: request) {
                apply(change.action, to: &table, vector)
            }
            return
        }
        guard change.action == .trigger else { throw Refusal(ENOTSUP) }
        for vector in vectors {
            let given = request.descriptors
            table.bind(vector, to: given.isEmpty ? nil : given[vector - vectors.lowerBound])
        }
    }

    private static func apply(_ action: SetInterrupts.Action, to table: inout VectorTable, _ vector: Int) {
        switch action {
        case .trigger: table.raise(vector)
        case .mask: table.setMasked(vector, true)
        case .unmask: table.setMasked(vector, false)
        }
    }

    /// The client signalled that it unmasks INTx.
    func handleResample() {
        if end == nil { intx.handleResample() }
    }
}
