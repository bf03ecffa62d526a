// SPDX-License-Identifier: Apache-2.0

/// What may stand on a screen of a text that came from elsewhere: printable ASCII, `limit` characters at most. All else
/// becomes a question mark, so that a name can neither send the terminal a command nor shift what stands beside it.
func printable(_ text: String, limit: Int) -> String {
    var result = ""
    for scalar in text.unicodeScalars.prefix(limit) {
        result.unicodeScalars.append((" "..."~").contains(scalar) ? scalar : "?")
    }
    return result
}
