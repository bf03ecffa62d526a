/// Device Serial Number: an EUI-64.
///
/// - Specification: PCI Express Base Specification 3.0, 7.12
public struct SerialNumber: Capability, Equatable {
    /// The EUI-64 as a number: the first byte of the company's id is bits 63:56.
    public var value: UInt64

    public init(_ value: UInt64) { self.value = value }

    public func install(in space: inout ConfigurationSpace, at offset: Int) {
        space.append(self, .extended(.serialNumber, version: 1), at: offset)
        space.define(at: offset + 4, value)
    }
}
