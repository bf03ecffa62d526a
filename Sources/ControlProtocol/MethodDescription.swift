// SPDX-License-Identifier: Apache-2.0

/// What a method of the control socket is for, what it takes and what it gives. Requests are held against it, and
/// `docs/control.md`, the JSON schema and the help of `kawela ctl` are made of it.
package struct MethodDescription: Sendable {
    package var name: String
    package var summary: String
    package var parameters: [Parameter]
    /// What the result is, in words.
    package var result: String

    /// A named parameter.
    package struct Parameter: Sendable {
        package enum Kind: Sendable, Equatable {
            case string
            case boolean
            case integer(ClosedRange<Int>)
            case choice([String])
            case strings
        }

        package var name: String
        package var kind: Kind
        package var isRequired = false
        package var meaning: String
    }
}

extension MethodDescription {
    /// What is wrong with `given`, parameters of a request, if anything is.
    package func check(_ given: [String: JSONValue]) throws(ControlError) {
        for name in given.keys.sorted() where !parameters.contains(where: { $0.name == name }) {
            let known = parameters.map(\.name).joined(separator: ", ")
            throw .invalidParameters(
                "'\(self.name)' has no parameter '\(name)': it takes \(known.isEmpty ? "none" : known)")
        }
        for parameter in parameters {
            if let value = given[parameter.name] {
                guard parameter.kind.takes(value) else {
                    throw .invalidParameters("'\(parameter.name)' is \(parameter.kind.text)")
                }
            } else if parameter.isRequired {
                throw .invalidParameters("'\(parameter.name)' is missing: \(parameter.meaning)")
            }
        }
    }
}

extension MethodDescription.Parameter.Kind {
    fileprivate func takes(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.string, .string), (.boolean, .bool): true
        case (.integer(let range), .integer(let number)): range.contains(number)
        case (.choice(let choices), .string(let text)): choices.contains(text)
        case (.strings, .array(let elements)): elements.allSatisfy { $0.string != nil }
        default: false
        }
    }

    /// In words: `a string`.
    package var text: String {
        switch self {
        case .string: "a string"
        case .boolean: "true or false"
        case .integer(let range):
            range.upperBound == .max
                ? "a number of at least \(range.lowerBound)" : "a number, \(range.lowerBound) to \(range.upperBound)"
        case .choice(let choices): "one of " + choices.map { "\"\($0)\"" }.joined(separator: ", ")
        case .strings: "an array of strings"
        }
    }

    /// As JSON Schema (draft 2020-12).
    fileprivate var schema: JSONValue {
        switch self {
        case .string: ["type": "string"]
        case .boolean: ["type": "boolean"]
        case .integer(let range):
            range.upperBound == .max
                ? ["type": "integer", "minimum": .integer(range.lowerBound)]
                : ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        case .choice(let choices): ["enum": .array(choices.map { .string($0) })]
        case .strings: ["type": "array", "items": ["type": "string"]]
        }
    }
}

// MARK: JSON schema

extension MethodDescription {
    /// The schema of the method's parameters.
    private var schema: JSONValue {
        let properties = parameters.map { parameter in
            var schema = parameter.kind.schema.object ?? [:]
            schema["description"] = .string(parameter.meaning)
            return (parameter.name, JSONValue.object(schema))
        }
        return [
            "name": .string(name), "summary": .string(summary), "result": .string(result),
            "params": [
                "type": "object", "additionalProperties": false,
                "properties": .object(Dictionary(uniqueKeysWithValues: properties)),
                "required": .array(parameters.filter(\.isRequired).map { .string($0.name) }),
            ],
        ]
    }

    /// All methods with the JSON schema of the parameters of each: the answer of `methods`.
    package static var schemas: JSONValue {
        ["version": .integer(protocolVersion), "methods": .array(all.map(\.schema))]
    }

    package static func named(_ name: String) -> MethodDescription? { all.first { $0.name == name } }
}
