// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KawelaTop

@Suite struct KeyTests {
    @Test(arguments: [
        ("q", [Key.character("q")]), ("sp", [.character("s"), .character("p")]), ("\t", [.tab]),
        ("\u{3}", [.interrupt]),
        ("\u{1B}", [.escape]), ("\u{1B}[C", [.right]), ("\u{1B}OD", [.left]), ("\u{1B}[A", []),
        ("\u{1B}[1;5Cq", [.right, .character("q")]), ("\u{1B}[15~q", [.character("q")]), ("\u{1B}[", []),
        ("é\u{0}\u{7F}", []), ("\u{1B}q", [.escape, .character("q")]),
    ])
    func keysAreFoundInWhatATerminalSends(_ text: String, _ keys: [Key]) {
        #expect(Key.keys(in: Array(text.utf8)) == keys)
    }
}
