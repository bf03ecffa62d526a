// SPDX-License-Identifier: Apache-2.0

import Intel82576
import PCIe

/// The first line of a trace as it is written.
struct HeaderLine: Decodable {
    var version: Int
    var port: String?
    var t: UInt64
    var vfs: Int
    var synchronous: Bool
    var keepsNVM: Bool
    var carrier: Bool
    var fromStart: Bool
    var functions: [String]
    var kinds: [String]
    var nvm: String
    /// Bytes that the expansion ROM decodes; 0, and not written, without one.
    var rom: Int?

    enum CodingKeys: String, CodingKey {
        case version = "kawela-trace"
        case keepsNVM = "keeps-nvm"
        case fromStart = "from-start"
        case port, t, vfs, synchronous, carrier, functions, kinds, nvm, rom
    }
}

extension TraceHeader {
    init(_ line: HeaderLine) throws(InvalidLine) {
        guard line.version == Self.version else {
            throw InvalidLine("a trace of version \(line.version): this is for version \(Self.version)")
        }
        guard (0...8).contains(line.vfs) else { throw InvalidLine("\"vfs\" is not 0 to 8") }
        var configuration = Port.Configuration(
            nvm: try image(line.nvm), keepsNVM: line.keepsNVM, virtualFunctions: line.vfs)
        configuration.isSynchronous = line.synchronous
        if let size = line.rom, size > 0 { configuration.expansionROM = ExpansionROM(erased: size) }
        self.init(
            name: line.port, time: try checkedTime(line.t), configuration: configuration, hasCarrier: line.carrier,
            isFromStart: line.fromStart, filter: try TraceFilter(line))
    }
}

extension TraceFilter {
    fileprivate init(_ line: HeaderLine) throws(InvalidLine) {
        self.init(kinds: [], functions: 0)
        for name in line.kinds {
            let kind = Kinds.names.first { $0.name == name }?.kind
            kinds.insert(try require(kind, "kinds", unknown: name))
        }
        for name in line.functions {
            let number = functionNumber(name, virtualFunctions: line.vfs)
            functions |= 1 << UInt16(try require(number, "functions", unknown: name))
        }
    }
}

private func require<Value>(_ value: Value?, _ key: String, unknown name: String) throws(InvalidLine) -> Value {
    guard let value else { throw InvalidLine("\"\(key)\" has an unknown name") }
    return value
}

private func image(_ digits: String) throws(InvalidLine) -> NVMImage {
    let text = Array(digits.utf8)
    let bytes = stride(from: 0, to: text.count - 1, by: 2).compactMap {
        UInt8(String(decoding: text[$0...$0 + 1], as: UTF8.self), radix: 16)
    }
    guard text.count == 2 * NVMImage.byteCount, let image = NVMImage(bytes: bytes) else {
        throw InvalidLine("\"nvm\" is not \(NVMImage.byteCount) bytes in hexadecimal")
    }
    return image
}
