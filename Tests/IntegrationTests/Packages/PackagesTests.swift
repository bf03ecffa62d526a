// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

extension Integration {
    /// What `make deb`, `make oci`, `make rpm` and `make install` make. They are built first, with a release build of Kawela unless
    /// KAWELA names one that is linked as `make static` does it.
    @Suite("Packages", .serialized)
    struct PackagesTests {
        private let packages: BuiltPackages
        private var run: Run { packages.run }

        init() throws { packages = try BuiltPackages.shared() }

        @Test("are two, and lintian finds nothing in them")
        func lintian() throws {
            let files = try BuiltPackages.files()
            let names = files.map { URL(filePath: $0).lastPathComponent.prefix { $0 != "_" } }
            #expect(names == ["kawela-qemu-plugin", "kawela"])
            let result = try run.attempt(
                ["lintian", "--allow-root", "--fail-on", "error,warning", "--profile", "debian"] + files, seconds: 600)
            #expect(result.succeeded && result.output == "", "\(result)")
        }

        @Test("need no library but the C library and those of GCC, and the plugin comes alone, under the GPL")
        func dependencies() throws {
            func field(_ name: String, _ package: String) throws -> [String] {
                let value = try run.execute(["dpkg-deb", "--field", package, name])
                return value.split(separator: ",").map { String($0.trimmingPrefix(" ").prefix { $0 > " " }) }
            }
            let files = try BuiltPackages.files()
            #expect(try field("Depends", files[0]) == ["libc6"])
            #expect(try Set(field("Depends", files[1])) == ["systemd", "libc6", "libgcc-s1", "libstdc++6"])
            let contents = try run.shell("dpkg-deb --contents '\(files[0])' | awk '!/\\/$/ { print $6 }'")
            let paths = contents.split(separator: "\n").map(String.init)
            #expect(
                paths.filter { !$0.hasPrefix("./usr/share/doc/") && !$0.hasPrefix("./usr/share/lintian/") } == [
                    "./usr/lib/kawela/kawela-sriov.so"
                ])
            let copyright = try run.shell(
                "dpkg-deb --fsys-tarfile '\(files[0])' | tar -xO ./usr/share/doc/kawela-qemu-plugin/copyright")
            #expect(copyright.contains("Files: QEMU/*\nCopyright: 2026 The Kawela Authors\nLicense: GPL-2+\n"))
        }

        @Test("are the same when they are built again, elsewhere, at another time, under another umask and locale")
        func reproducible() throws {
            let copy = run.path("elsewhere")
            let program = BuiltPackages.program
            let source = Artifacts.repository
            let absolute = program.hasPrefix("/") ? program : "\(source)/\(program)"
            let date = try run.shell("git -C '\(source)' log -1 --format=%ct").trimmingCharacters(in: .newlines)
            try run.copySources(to: copy)
            try run.shell(
                """
                umask 0027
                env -u KAWELA_TESTS -u MAKEFLAGS -u MAKELEVEL LC_ALL=C.UTF-8 TZ=Pacific/Honolulu SOURCE_DATE_EPOCH=\(date) \\
                    KAWELA='\(absolute)' make -C '\(copy)' deb
                """, seconds: 1200)
            let (first, second) = try (BuiltPackages.files(), BuiltPackages.files(in: copy + "/.build/packages"))
            #expect(second.count == 2)
            for (one, other) in zip(first, second) {
                let result = try run.attempt(["cmp", one, other])
                #expect(result.succeeded, "\(result)")
            }
        }

        @Test("are installed, used, upgraded and purged in a clean Debian", arguments: ["bookworm", "trixie"])
        func installation(suite: String) throws {
            let folder = run.path(suite)
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            for file in try BuiltPackages.files() { try run.execute(["cp", file, folder]) }
            let script = try InstalledPackages(version: packages.version).script()
            try script.write(toFile: folder + "/script", atomically: true, encoding: .utf8)
            try run.execute(["chmod", "755", folder + "/script"])
            let result = try run.attempt([Artifacts.repository + "/Packaging/boot", suite, folder], seconds: 1800)
            #expect(result.succeeded && result.output.hasSuffix("\npassed\n"), "\(result)")
        }

        @Test("have a manual page for each command, in which mandoc and man find nothing to complain of")
        func manual() throws {
            let folder = Artifacts.repository + "/.build/generated/man1"
            let pages = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            let program = BuiltPackages.program
            let help = try run.execute(["env", "-C", Artifacts.repository, program, "--help"])
            let commands = help.split(separator: "\n").drop { !$0.hasSuffix("SUBCOMMANDS:") }
                .compactMap { $0.firstMatch(of: #/^ {2}([a-z-]+) /#).map { String($0.1) } }
            #expect(commands.count > 10)
            #expect(pages == (["kawela.1"] + commands.map { "kawela-\($0).1" }).sorted())
            let result = try run.attempt(["mandoc", "-T", "lint", "-W", "style"] + pages.map { "\(folder)/\($0)" })
            #expect(result.succeeded && result.output == "", "\(result)")
        }
    }
}
