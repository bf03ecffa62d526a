// SPDX-License-Identifier: Apache-2.0

/// An XML text that is changed in places: what is not changed keeps every byte.
struct XMLEditor {
    private var bytes: [UInt8]
    /// The text's elements as they are now; those taken out earlier have places that are no longer right.
    private(set) var root: XMLElement

    init(_ text: String) throws(Failure) {
        bytes = Array(text.utf8)
        root = try XMLScanner.root(of: bytes)
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Sets an attribute of the element that `path` leads to from the root, and makes that element if need be.
    mutating func set(_ attribute: String, of path: [String], to value: String) throws(Failure) {
        for end in path.indices where root.at(Array(path[...end])) == nil {
            guard let parent = root.at(Array(path[..<end])) else { continue }
            try append(["<\(path[end])/>"], to: parent)
        }
        guard let element = root.at(path) else { return }
        try set(attribute, of: element, to: value)
    }

    mutating func set(_ attribute: String, of element: XMLElement, to value: String) throws(Failure) {
        if let present = element.attributes.first(where: { $0.name == attribute }) {
            guard present.value != value else { return }
            try replace(present.range, by: xmlEscaped(value))
        } else {
            // Behind the last attribute's quote, or else the name.
            let end =
                element.attributes.last.map { $0.range.upperBound + 1 }
                ?? element.startTag.lowerBound + 1 + element.name.utf8.count
            try replace(end..<end, by: " \(attribute)=\(xmlQuoted(value))")
        }
    }

    /// Adds `lines` at the end of `element`, two blanks further in than it.
    mutating func append(_ lines: [String], to element: XMLElement) throws(Failure) {
        let margin = margin(of: element)
        let text = lines.map { "\(margin)  \($0)\n" }.joined()
        guard let end = element.endTag else {
            let slash = element.startTag.upperBound - 2
            return try replace(slash..<(slash + 2), by: ">\n\(text)\(margin)</\(element.name)>")
        }
        try insert(text, before: end, margin: margin)
    }

    /// Adds `lines` in front of `element`, as far in as it.
    mutating func insert(_ lines: [String], before element: XMLElement) throws(Failure) {
        let margin = margin(of: element)
        try insert(
            lines.map { "\(margin)\($0)\n" }.joined(), before: element.startTag.lowerBound, margin: margin)
    }

    /// Inserts whole lines in front of what begins at `position`.
    private mutating func insert(_ text: String, before position: Int, margin: String) throws(Failure) {
        let line = lineStart(of: position)
        guard bytes[line..<position].allSatisfy(isBlank) else {
            return try replace(position..<position, by: "\n\(text)\(margin)")
        }
        try replace(line..<line, by: text)
    }

    private mutating func replace(_ range: Range<Int>, by text: String) throws(Failure) {
        bytes.replaceSubrange(range, with: text.utf8)
        root = try XMLScanner.root(of: bytes)
    }

    /// The blanks in front of an element that begins its line; none for another.
    private func margin(of element: XMLElement) -> String {
        let start = element.startTag.lowerBound
        let before = bytes[lineStart(of: start)..<start]
        return before.allSatisfy(isBlank) ? String(decoding: before, as: UTF8.self) : ""
    }

    private func lineStart(of position: Int) -> Int {
        (bytes[..<position].lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
