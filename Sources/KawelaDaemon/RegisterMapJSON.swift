// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Intel82576

extension RegisterTable {
    /// The table for other programs: an object with an array of rows for `physical` and for `virtual`, a row a line. Numbers
    /// are decimal.
    static var json: String {
        """
        {
          "physical": [
        \(rows(blocks.map { ("\($0.title)", $0.rows) }))
          ],
          "virtual": [
        \(rows([("Virtual function", virtual)]))
          ]
        }

        """
    }

    private static func rows(_ blocks: [(title: String, rows: [RegisterSpec])]) -> String {
        blocks.flatMap { block in lines(block.rows).map { "    " + row($0, block: block.title).text } }
            .joined(separator: ",\n")
    }

    private static func row(_ line: Line, block: String) -> JSONObject {
        let spec = line.spec
        var object = JSONObject()
        for (name, text) in [
            ("name", "\(spec.name)"), ("block", block), ("access", spec.access.rawValue),
            ("resetBy", spec.resetScope.rawValue), ("coverage", spec.coverage.rawValue),
            ("virtualOffset", virtualOffset(spec)), ("section", "\(spec.section)"), ("file", "\(spec.file)"),
            ("summary", "\(spec.summary)"), ("gap", "\(spec.gap)"),
        ] {
            object.add(name, .string(text))
        }
        for (name, number) in [
            ("offset", Int(spec.offset)), ("firstIndex", line.firstIndex), ("count", spec.count),
            ("stride", Int(spec.stride)), ("alias", Int(spec.alias)), ("aliasCount", spec.aliasCount),
            ("aliasStride", Int(spec.aliasStride)), ("writable", Int(spec.writable)),
            ("clearedByRead", Int(spec.clearedByRead)), ("reset", Int(spec.reset)),
        ] {
            object.add(name, .integer(number))
        }
        object.add("fields", spec.fields.map { field($0) })
        return object
    }

    private static func field(_ field: RegisterField) -> JSONObject {
        var object = JSONObject()
        object.add("name", .string("\(field.name)"))
        object.add("high", .integer(field.bits.upperBound))
        object.add("low", .integer(field.bits.lowerBound))
        object.add("meaning", .string("\(field.meaning)"))
        return object
    }
}
