// SPDX-License-Identifier: Apache-2.0

/// Why text is no JSON, or is more of it than is taken.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    /// The byte of the text that it was found at, from 0 on.
    package var position: Int
    package var reason: String

    package var description: String { "\(reason) (at byte \(position))" }
}

/// Reads JSON text (RFC 8259) of anybody's, strictly: what is no JSON, a name that comes twice in an object, and text that is
/// no UTF-8 are errors, and so are values nested deeper than ``deepest`` and numbers longer than ``longestNumber``.
///
/// It looks at each byte once. The values take memory in proportion to the text, whose length is the caller's to bound.
struct JSONParser {
    /// Arrays and objects within each other.
    static let deepest = 64
    /// Bytes of a number: more than any that a `Double` needs.
    static let longestNumber = 128

    private let text: [UInt8]
    private var position = 0
    private var depth = 0

    static func parse(_ text: some Sequence<UInt8>) throws(JSONError) -> JSONValue {
        var parser = JSONParser(text: Array(text))
        let value = try parser.value()
        guard parser.position == parser.text.count else { throw parser.error("something after the value") }
        return value
    }

    private init(text: [UInt8]) { self.text = text }

    private func error(_ reason: String) -> JSONError { JSONError(position: position, reason: reason) }

    /// The byte at hand; 0, which no value has, at the end.
    private var next: UInt8 { position < text.count ? text[position] : 0 }

    /// Goes past the byte at hand if it is this one.
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { position += 1 }
    }

    /// A value and the space around it.
    private mutating func value() throws(JSONError) -> JSONValue {
        skipSpace()
        let value = try bareValue()
        skipSpace()
        return value
    }

    private mutating func bareValue() throws(JSONError) -> JSONValue {
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw error(position < text.count ? "no value begins so" : "a value is missing")
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for byte in word.utf8 {
            guard next == byte else { throw error("no value begins so") }
            position += 1
        }
        return value
    }
}

// MARK: Arrays and objects

extension JSONParser {
    private mutating func descend() throws(JSONError) {
        guard depth < Self.deepest else { throw error("values are nested deeper than \(Self.deepest)") }
        depth += 1
        position += 1
    }

    private mutating func array() throws(JSONError) -> JSONValue {
        try descend()
        defer { depth -= 1 }
        skipSpace()
        if take("]") { return .array([]) }
        var elements: [JSONValue] = []
        repeat { elements.append(try value()) } while take(",")
        guard take("]") else { throw error("an array does not end") }
        return .array(elements)
    }

    private mutating func object() throws(JSONError) -> JSONValue {
        try descend()
        defer { depth -= 1 }
        skipSpace()
        if take("}") { return .object([:]) }
        var members: [String: JSONValue] = [:]
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw error("a name is missing") }
            let name = try string()
            skipSpace()
            guard take(":") else { throw error("a name without a value") }
            let value = try value()
            guard members.updateValue(value, forKey: name) == nil else { throw error("a name comes twice") }
        } while take(",")
        guard take("}") else { throw error("an object does not end") }
        return .object(members)
    }
}

// MARK: Strings

extension JSONParser {
    /// The string that begins at hand.
    private mutating func string() throws(JSONError) -> String {
        position += 1
        var decoded: [UInt8] = []
        var start = position
        while true {
            switch next {
            case UInt8(ascii: "\""):
                let rest = text[start..<position]
                guard let string = String(validating: decoded.isEmpty ? rest : decoded + rest, as: UTF8.self) else {
                    throw error("a string that is no UTF-8")
                }
                position += 1
                return string
            case UInt8(ascii: "\\"):
                decoded += text[start..<position]
                position += 1
                decoded += Array(String(try escaped()).utf8)
                start = position
            case 0..<0x20: throw error(position < text.count ? "a bare control character" : "a string does not end")
            default: position += 1
            }
        }
    }

    /// What stands behind a backslash.
    private mutating func escaped() throws(JSONError) -> Unicode.Scalar {
        let letter = next
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try scalar()
        default: throw error("no such escape")
        }
    }

    /// Four digits, or two times four where the first are half of a pair.
    private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, take("\\"), take("u") else { throw error("half of a surrogate pair") }
        let second = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x1_0000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw error("half of a surrogate pair") }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(next)).hexDigitValue else { throw error("no such escape") }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}

// MARK: Numbers

extension JSONParser {
    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        _ = take("-")
        if !take("0") { try digits() }
        let wholeEnd = position
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        guard position - start <= Self.longestNumber else { throw error("a number is too long") }
        let digits = String(decoding: text[start..<position], as: UTF8.self)
        if position == wholeEnd, let whole = Int(digits) { return .integer(whole) }
        guard let number = Double(digits), number.isFinite else { throw error("a number is too large") }
        return Int(exactly: number).map { .integer($0) } ?? .number(number)
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while UInt8(ascii: "0")...UInt8(ascii: "9") ~= next { position += 1 }
        guard position > start else { throw error("a digit is missing") }
    }
}
