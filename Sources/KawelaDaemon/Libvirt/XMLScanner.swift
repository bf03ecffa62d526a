// SPDX-License-Identifier: Apache-2.0

/// Finds the elements of an XML text. It knows as much of XML as libvirt writes: elements, attributes, comments, CDATA,
/// processing instructions; not document types, which could define anything.
struct XMLScanner {
    private static let deepest = 64
    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The one element that all others are in.
    static func root(of bytes: [UInt8]) throws(Failure) -> XMLElement {
        var scanner = XMLScanner(bytes)
        try scanner.skipRemarks()
        guard scanner.next == UInt8(ascii: "<") else { throw scanner.failure("no element begins") }
        let root = try scanner.element(depth: 1)
        try scanner.skipRemarks()
        guard scanner.next == nil else { throw scanner.failure("something stands behind the last element") }
        return root
    }
}

// MARK: Elements

extension XMLScanner {
    private mutating func element(depth: Int) throws(Failure) -> XMLElement {
        guard depth <= Self.deepest else { throw failure("elements in elements, more than \(Self.deepest) deep") }
        let start = position
        position += 1
        let name = try name()
        var element = XMLElement(name: name, startTag: start..<start)
        while true {
            skipBlanks()
            if take("/>") || take(">") { break }
            element.attributes.append(try attribute())
        }
        element.startTag = start..<position
        if bytes[position - 2] != UInt8(ascii: "/") { try content(of: &element, depth: depth) }
        return element
    }

    private mutating func content(of element: inout XMLElement, depth: Int) throws(Failure) {
        while true {
            while let next, next != UInt8(ascii: "<") { position += 1 }
            guard next != nil else { throw failure("<\(element.name)> has no end") }
            if try skipRemark() { continue }
            let start = position
            guard take("</") else {
                element.children.append(try self.element(depth: depth + 1))
                continue
            }
            guard try name() == element.name else { throw failure("not the end of <\(element.name)>") }
            skipBlanks()
            guard take(">") else { throw failure("not the end of <\(element.name)>") }
            element.endTag = start
            return
        }
    }

    private mutating func attribute() throws(Failure) -> XMLAttribute {
        let name = try name()
        skipBlanks()
        guard take("=") else { throw failure("the attribute '\(name)' has no value") }
        skipBlanks()
        guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            throw failure("the value of '\(name)' is not in quotes")
        }
        position += 1
        let start = position
        while let next, next != quote {
            guard next != UInt8(ascii: "<") else { throw failure("the value of '\(name)' has no end") }
            position += 1
        }
        let range = start..<position
        guard next == quote else { throw failure("the value of '\(name)' has no end") }
        position += 1
        return XMLAttribute(
            name: name, value: xmlUnescaped(String(decoding: bytes[range], as: UTF8.self)), range: range)
    }

    private mutating func name() throws(Failure) -> String {
        let start = position
        while let next, isNameByte(next) { position += 1 }
        guard position > start else { throw failure("a name is missing") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "-._:".utf8.contains(byte) || byte >= 0x80
    }
}

// MARK: What is between elements

extension XMLScanner {
    private mutating func skipRemarks() throws(Failure) {
        repeat { skipBlanks() } while try skipRemark()
    }

    /// Skips a comment, CDATA or a processing instruction, if one begins here.
    private mutating func skipRemark() throws(Failure) -> Bool {
        for (start, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")] where take(start) {
            while !take(end) {
                guard next != nil else { throw failure("'\(start)' has no '\(end)'") }
                position += 1
            }
            return true
        }
        guard !take("<!") else { throw failure("document types are not read") }
        return false
    }

    private mutating func skipBlanks() {
        while let next, " \t\r\n".utf8.contains(next) { position += 1 }
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    private func failure(_ what: String) -> Failure {
        let line = 1 + bytes[..<min(position, bytes.count)].count { $0 == UInt8(ascii: "\n") }
        return .failed("the domain is no XML that can be read: line \(line): \(what)")
    }
}
