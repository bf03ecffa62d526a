// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the environment says of the terminal.
struct Environment {
    /// Whether programs may use colour (NO_COLOR).
    let hasColour: Bool
    /// What it can show.
    let glyphs: Glyphs

    init(variable: (String) -> String? = Self.variable) {
        hasColour = (variable("NO_COLOR") ?? "").isEmpty
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(variable).first { !$0.isEmpty } ?? ""
        glyphs = locale.lowercased().contains("utf-8") || locale.lowercased().contains("utf8") ? .blocks : .ascii
    }

    private static func variable(_ name: String) -> String? {
        // SAFETY: both are C strings; the result is copied before anything changes the environment, which nothing does.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
