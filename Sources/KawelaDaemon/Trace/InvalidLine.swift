// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a line.
struct InvalidLine: Error {
    var message: String

    init(_ message: String) { self.message = message }
}

/// Later times would overflow a port's deadlines. 146 years.
private let timeLimit: UInt64 = 1 << 62

func checkedTime(_ time: UInt64) throws(InvalidLine) -> UInt64 {
    guard time < timeLimit else { throw InvalidLine("\"t\" is too large") }
    return time
}

/// `value`, which a line must have.
func require<Value>(_ value: Value?, _ key: String) throws(InvalidLine) -> Value {
    guard let value else { throw InvalidLine("the key \"\(key)\" is missing") }
    return value
}
