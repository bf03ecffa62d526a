extension RegisterTable {
    /// The table for other programs: an object with an array of rows for `physical` and for `virtual`. Numbers are decimal.
    package static var json: String {
        """
        {
          "physical": [
        \(objects(blocks.map { ("\($0.title)", $0.rows) }))
          ],
          "virtual": [
        \(objects([("Virtual function", virtual)]))
          ]
        }

        """
    }

    private static func objects(_ blocks: [(title: String, rows: [RegisterSpec])]) -> String {
        blocks.flatMap { block in lines(block.rows).map { "    " + object($0, block: block.title) } }
            .joined(separator: ",\n")
    }

    private static func object(_ line: Line, block: String) -> String {
        let spec = line.spec
        let texts = [
            ("name", "\(spec.name)"), ("block", block), ("access", spec.access.rawValue),
            ("resetBy", spec.resetScope.rawValue), ("coverage", spec.coverage.rawValue),
            ("virtualOffset", virtualOffset(spec)), ("section", "\(spec.section)"), ("file", "\(spec.file)"),
            ("summary", "\(spec.summary)"), ("gap", "\(spec.gap)"),
        ].map { "\(quoted($0)): \(quoted($1))" }
        let numbers = [
            ("offset", Int(spec.offset)), ("firstIndex", line.firstIndex), ("count", spec.count),
            ("stride", Int(spec.stride)), ("alias", Int(spec.alias)), ("aliasCount", spec.aliasCount),
            ("aliasStride", Int(spec.aliasStride)), ("writable", Int(spec.writable)),
            ("clearedByRead", Int(spec.clearedByRead)), ("reset", Int(spec.reset)),
        ].map { "\(quoted($0)): \($1)" }
        return "{" + (texts + numbers).joined(separator: ", ") + "}"
    }

    /// A JSON string (RFC 8259, section 7).
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\0"..."\u{1F}":
                let code = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - code.count) + code
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
