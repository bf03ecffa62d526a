// SPDX-License-Identifier: Apache-2.0

/// A size of guest memory as QEMU writes it: a number and M, G or T.
///
/// The unit is asked for because QEMU itself reads a bare number as MiB after `-m` and as bytes in `-object`.
package struct MemorySize: Equatable, Sendable {
    package let mebibytes: UInt64

    package init(_ text: String) throws(Failure) {
        let units: [Character: UInt64] = ["M": 1, "G": 1 << 10, "T": 1 << 20]
        guard let last = text.last, let unit = units[Character(last.uppercased())],
            text.dropLast().allSatisfy({ $0.isASCII && $0.isNumber }), let number = UInt64(text.dropLast()),
            case (let mebibytes, let overflow) = number.multipliedReportingOverflow(by: unit), !overflow, mebibytes > 0
        else { throw .usage("'\(text)' is not a memory size: write a number and M, G or T, such as 512M or 2G") }
        self.mebibytes = mebibytes
    }
}

extension MemorySize: CustomStringConvertible {
    /// In the largest unit that keeps it whole.
    package var description: String {
        mebibytes % 1024 == 0 ? "\(mebibytes / 1024)G" : "\(mebibytes)M"
    }
}
