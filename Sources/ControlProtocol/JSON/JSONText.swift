// SPDX-License-Identifier: Apache-2.0

/// A JSON object as text, on one line, its members in the order in which they are added: for lines that people read too. What
/// only programs read is a ``JSONValue``.
package struct JSONObject {
    private var bytes: [UInt8] = []

    package init() {}

    package mutating func add(_ name: String, _ value: JSONValue) {
        begin(name)
        value.write(to: &bytes)
    }

    package mutating func add(_ name: String, _ object: JSONObject) {
        begin(name)
        bytes += object.line
    }

    package mutating func add(_ name: String, _ objects: [JSONObject]) {
        begin(name)
        bytes.append(UInt8(ascii: "["))
        for (position, object) in objects.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += object.line
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func begin(_ name: String) {
        bytes.append(UInt8(ascii: bytes.isEmpty ? "{" : ","))
        JSONValue.write(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }

    /// UTF-8, without the line's end.
    package var line: [UInt8] { bytes.isEmpty ? Array("{}".utf8) : bytes + [UInt8(ascii: "}")] }

    package var text: String { String(decoding: line, as: UTF8.self) }
}

// MARK: Values

extension JSONValue {
    /// One line of UTF-8, without its end; members sorted by name.
    package var line: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    /// Text for people, in several lines.
    package var text: String {
        var bytes: [UInt8] = []
        write(to: &bytes, indent: 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// - Parameter indent: columns that lines after the first begin with; `nil` for one line.
    fileprivate func write(to bytes: inout [UInt8], indent: Int? = nil) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let value): bytes += "\(value)".utf8
        // JSON has no infinity.
        case .number(let value): bytes += (value.isFinite ? "\(value)" : "null").utf8
        case .string(let text): Self.write(text, to: &bytes)
        case .array(let elements):
            Self.write(elements, "[", "]", to: &bytes, indent) { $0.write(to: &$1, indent: $2) }
        case .object(let members):
            Self.write(members.sorted { $0.key < $1.key }, "{", "}", to: &bytes, indent) { member, bytes, indent in
                Self.write(member.key, to: &bytes)
                bytes += (indent == nil ? ":" : ": ").utf8
                member.value.write(to: &bytes, indent: indent)
            }
        }
    }

    private static func write<Part>(
        _ parts: [Part], _ opening: Unicode.Scalar, _ closing: Unicode.Scalar, to bytes: inout [UInt8], _ indent: Int?,
        _ write: (Part, inout [UInt8], Int?) -> Void
    ) {
        let inner = indent.map { $0 + 2 }
        bytes.append(UInt8(ascii: opening))
        for (position, part) in parts.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            breakLine(&bytes, inner)
            write(part, &bytes, inner)
        }
        if !parts.isEmpty { breakLine(&bytes, indent) }
        bytes.append(UInt8(ascii: closing))
    }

    private static func breakLine(_ bytes: inout [UInt8], _ indent: Int?) {
        guard let indent else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes += repeatElement(UInt8(ascii: " "), count: indent)
    }

    /// A string (RFC 8259, section 7).
    fileprivate static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes += "\\n".utf8
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                bytes += "\\u00\(byte < 0x10 ? "0" : "")\(digits)".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
