// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

extension Integration {
    @Suite("The tutorial")
    struct TutorialTests {
        @Test("leads from a fresh Debian 13 to pings through virtual functions", .timeLimit(.minutes(60)))
        func tutorial() throws {
            let run = try Run()
            defer { run.close() }
            let recipe = try Recipe("docs/tutorial.md")
            _ = try BuiltPackages.shared()
            var newcomer = try Newcomer(in: run, packages: try BuiltPackages.files())
            let chapters = [
                "Install", "A guest", "A cable", "One: the NIC in a guest",
                "Two: the NIC and its virtual functions in a guest", "Three: a virtual function in each of two guests",
            ]
            #expect(Set(chapters) == recipe.chapters)
            for chapter in chapters {
                let start = ContinuousClock.now
                try newcomer.follow(recipe, chapter, online: ["Install", "A guest"].contains(chapter))
                print("\(chapter): \(start.duration(to: .now).components.seconds) s")
            }
        }
    }
}
