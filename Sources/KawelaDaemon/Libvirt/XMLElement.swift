// SPDX-License-Identifier: Apache-2.0

/// An element of an XML text, with the places of its parts in the text's bytes.
struct XMLElement {
    /// The name as written, with its prefix.
    var name: String
    var attributes: [XMLAttribute] = []
    var children: [XMLElement] = []
    /// From `<` to behind `>`.
    var startTag: Range<Int>
    /// Where `</` stands; `nil` of an element in one tag (`<acpi/>`).
    var endTag: Int?

    /// The value of the attribute `name`, with its references replaced.
    subscript(_ name: String) -> String? { attributes.first { $0.name == name }?.value }

    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The element that `path` leads to, the first of its name at each step.
    func at(_ path: [String]) -> XMLElement? {
        path.reduce(self as XMLElement?) { element, name in element?.children.first { $0.name == name } }
    }

    /// This element and all below it.
    var withDescendants: [XMLElement] { [self] + children.flatMap(\.withDescendants) }
}

struct XMLAttribute {
    var name: String
    var value: String
    /// The value as written, without its quotes.
    var range: Range<Int>
}

/// `text` between tags, or between quotes of either kind.
func xmlEscaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("'", with: "&apos;")
        .replacing("\"", with: "&quot;")
}

/// `text` as the value of an attribute, with quotes that leave JSON readable.
func xmlQuoted(_ text: String) -> String {
    "'" + text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("'", with: "&apos;") + "'"
}

/// `text` with what XML writes as references, to itself or to characters by number. Others stay as they are.
func xmlUnescaped(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    let names = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
    return text.replacing(/&(#?[A-Za-z0-9]+);/) { match in
        let reference = match.output.1
        let number =
            reference.hasPrefix("#x")
            ? UInt32(reference.dropFirst(2), radix: 16) : reference.hasPrefix("#") ? UInt32(reference.dropFirst()) : nil
        if let number, let scalar = Unicode.Scalar(number) { return String(Character(scalar)) }
        return names[String(reference)] ?? String(match.output.0)
    }
}
