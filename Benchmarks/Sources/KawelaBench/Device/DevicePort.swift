// SPDX-License-Identifier: Apache-2.0

import Backends
import CBench
import CKawela
import Glibc
import Intel82576
import PCIe

/// A port with nothing around it but guest RAM and an uplink, driven over the PCIe function's own seam.
final class DevicePort {
    let port: Port
    let memory: Memory
    let driver: Driver
    private let host = UnpluggedHost()

    /// Link up, transmitter and receiver on.
    init(_ uplink: any Uplink, virtualFunctions: Int = 0, megabytes: Int = 64) throws {
        port = Port(
            Port.Configuration(macAddress: MACAddress("52:54:00:82:57:06")!, virtualFunctions: virtualFunctions),
            uplink: uplink, clock: { cb_now() })
        let file = kw_memfd("bench-memory")
        guard file >= 0, ftruncate(file, megabytes << 20) == 0 else { throw BenchError("no guest RAM") }
        memory = try Memory(descriptor: file, size: megabytes << 20)
        driver = Driver(FunctionRegisters(port.physicalFunction), memory)
        try plug(port.physicalFunction)
        try bringUpLink()
        try driver.enable()
    }

    deinit {
        for function in [port.physicalFunction] + port.virtualFunctions { function.detach() }
    }

    private func plug(_ function: any Function) throws {
        function.attach(host)
        try function.map(
            DMAMapping(
                address: 0, size: UInt64(memory.size), isReadable: true, isWritable: true,
                backing: .file(descriptor: memory.descriptor, offset: 0)))
        function.writeConfiguration(at: 4, width: 2, 0x0006)
    }

    private func bringUpLink() throws {
        try driver.change(CTRL.self) { $0.setsLinkUp = true }
        let deadline = cb_now() + 10_000_000_000
        while try !driver.read(STATUS.self).isLinkUp {
            guard cb_now() < deadline else { throw BenchError("the link does not come up") }
            usleep(1000)
            port.run()
        }
    }

    /// NumVFs, VF Enable and VF MSE, and a machine on each VF that has the same RAM.
    func enableVirtualFunctions() throws {
        let function = port.physicalFunction
        function.writeConfiguration(at: 0x170, width: 2, UInt32(port.virtualFunctions.count))
        function.writeConfiguration(at: 0x168, width: 2, 0x0009)
        for virtual in port.virtualFunctions { try plug(virtual) }
    }

    /// A doorbell, and the work it asks for.
    @inline(__always)
    func ring(_ doorbell: (offset: Int, value: UInt32)) {
        port.physicalFunction.writeBAR(0, at: doorbell.offset, width: 4, UInt64(doorbell.value))
    }

    @inline(__always)
    func run() {
        repeat { port.run() } while port.hasWork
    }
}

private final class FunctionRegisters: Registers {
    private let function: any Function
    init(_ function: any Function) { self.function = function }
    func read(_ offset: Int) -> UInt32 { UInt32(function.readBAR(0, at: offset, width: 4)) }
    func write(_ offset: Int, _ value: UInt32) { function.writeBAR(0, at: offset, width: 4, UInt64(value)) }
}

/// An uplink that takes large packets whole, and throws them away with the virtio-net header they would get.
final class OffloadingNull: Uplink {
    let offloads: UplinkOffloads = [.checksum, .segmentTCP4, .segmentTCP6, .segmentUDP]
    let isLinkUp = true, isCongested = false
    private(set) var frames = 0

    func transmit(_ batch: inout FrameBatch) {
        for index in 0..<batch.count where batch[index].goesToUplink {
            let offload = batch[index].offload
            let header =
                UInt64(offload.needsChecksum ? 1 : 0) | UInt64(offload.segmentation.rawValue) << 8
                | UInt64(offload.headerLength) << 16 | UInt64(offload.segmentSize) << 32
                | UInt64(offload.checksumStart) << 48
            batch.setPrefix(of: index, to: header)
            frames += 1
        }
    }

    func receive(into batch: inout FrameBatch) {}
}
