// SPDX-License-Identifier: Apache-2.0

import CVersion
import KawelaDaemon

/// How this program was built.
enum Build {
    /// What `kawela --version` prints: `kawela 1.2.3 (commit 0123456789ab, release, Swift 6.3)`.
    static var description: String {
        "kawela \(kawelaVersion) (commit \(commit.isEmpty ? "unknown" : commit), \(configuration), Swift \(swiftVersion))"
    }

    // SAFETY: the function returns a string constant.
    private static var commit: String { unsafe String(cString: kw_commit()) }

    private static var configuration: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }

    private static var swiftVersion: String {
        #if compiler(>=6.5)
            "6.5 or later"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
