// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Logging

/// The EEPROM of a port and the file that keeps it: what the port starts with, and what drivers write to it.
final class KeptNVM {
    /// What the port is to start with.
    let image: NVMImage
    private let file: NVMFile
    private let path: String
    private let log: Logger
    /// ``Port/nvmChanges`` that the file has.
    private var keptChanges: UInt64 = 0
    private var isFailing = false

    /// - Parameters:
    ///   - address: the station address of a new file.
    ///   - isAddressGiven: a user asked for that address: it replaces the one in the file.
    init(path: String, address: MACAddress, isAddressGiven: Bool, log: Logger) throws(Failure) {
        file = try NVMFile(path: path)
        (self.path, self.log) = (path, log)
        var image = file.found ?? NVMImage(macAddress: address)
        if isAddressGiven, image.macAddress != address {
            let isChecksumRight = image.isChecksumRight
            image.macAddress = address
            if isChecksumRight { image.correctChecksum() }
        }
        self.image = image
        if image != file.found, let complaint = file.write(image) {
            throw .failed("nvm: cannot write '\(path)': \(complaint)")
        }
        warn(of: image)
    }

    private func warn(of image: NVMImage) {
        if !image.isChecksumRight {
            log.warning(
                "nvm: the checksum in \(path) is wrong, drivers will refuse the NIC: remove the file for a new one")
        }
        if image.macAddress.isMulticast || image.macAddress.value == 0 {
            log.warning(
                "nvm: \(image.macAddress) in \(path) is no station address, drivers may refuse the NIC: give --mac")
        }
    }

    /// Writes the file if a driver has written to the EEPROM since the last call.
    func keep(_ port: Port) {
        guard port.nvmChanges != keptChanges else { return }
        keptChanges = port.nvmChanges
        let complaint = file.write(port.nvmImage)
        if let complaint, !isFailing {
            log.error("nvm: cannot write \(path): \(complaint); what the guest writes is lost when this ends")
        }
        isFailing = complaint != nil
    }

    /// After the last turn of the port.
    func close() { file.close() }
}
