// SPDX-License-Identifier: Apache-2.0

import CKawela
import Intel82576

extension RawFunction {
    /// Has transmit queue 0 send vector 0, whose messages go to an eventfd.
    func enableInterrupt(_ event: CInt) throws {
        try client.call(.setIRQs, [UInt32(20), 0x24, 2, 0, 1].flatMap(littleEndian), descriptors: [event])
        let control = try client.capability(0x11) + 2
        try client.writeConfiguration(control, 0x8000)
        try client.write(Self.offset(IVAR.self), 0x8000)
        try client.write(Self.offset(PVTEIAC.self), 1)
        try client.write(Self.offset(PVTEIMS.self), 1)
    }
}

extension RawClient {
    /// The offset in configuration space of the capability `id`.
    func capability(_ id: UInt8) throws -> Int {
        var next = try configuration(0x34)
        while next != 0 {
            if try configuration(Int(next)) == id { return Int(next) }
            next = try configuration(Int(next) + 1)
        }
        throw BenchError("no capability \(id)")
    }

    private func configuration(_ offset: Int) throws -> UInt8 {
        try call(.regionRead, Self.access(offset, Self.configurationRegion, 1))[16]
    }
}
