// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A user or group as somebody wrote it. A name is looked up when the sockets are made, and never again: that reads files
/// which are out of reach in the sandbox.
enum AccountName: Equatable, Sendable {
    case number(UInt32)
    case name(String)

    /// - Parameter kind: what it is, in words.
    init(_ text: some StringProtocol, _ kind: String) throws(InvalidSetting) {
        if let number = UInt32(text), number != .max {
            self = .number(number)
        } else if let first = text.utf8.first, !(0x30...0x39).contains(first), !text.utf8.contains(0) {
            self = .name(String(text))
        } else {
            throw InvalidSetting("'\(text)' is no \(kind): give its number or its name")
        }
    }
}

/// Who is to own the files of sockets.
struct SocketOwner: Equatable, Sendable {
    var user: AccountName
    var group: AccountName?
}

/// `user` or `user:group`, each a number or a name.
func parseSocketOwner(_ text: String) throws(InvalidSetting) -> SocketOwner {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let user = try AccountName(parts[0], "user")
    guard parts.count == 2 else { return SocketOwner(user: user) }
    return SocketOwner(user: user, group: try AccountName(parts[1], "group"))
}

/// Octal, as for chmod.
func parseSocketMode(_ text: String) throws(InvalidSetting) -> UInt32 {
    guard let mode = UInt32(text, radix: 8), mode <= 0o777 else {
        throw InvalidSetting("'\(text)' is no mode of a socket: use an octal number up to 777, like 0660")
    }
    return mode
}

func parseControlPath(_ path: String) throws(InvalidSetting) -> String {
    guard !path.isEmpty, !path.utf8.contains(0) else {
        throw InvalidSetting("the control socket has no name: give the path of one to be made")
    }
    return path
}

func parseAllowedUsers(_ numbers: [Int]) throws(InvalidSetting) -> [UInt32] {
    guard !numbers.isEmpty else { throw InvalidSetting("nobody may be a client: name users, or leave the list out") }
    var users: [UInt32] = []
    for number in numbers {
        guard let user = UInt32(exactly: number), user != .max else {
            throw InvalidSetting("\(number) is no user's number: use what `id -u` prints")
        }
        users.append(user)
    }
    return users
}
