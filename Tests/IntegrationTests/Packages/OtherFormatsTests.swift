// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

extension Integration {
    /// The same by other tools, as docs/install.md has it.
    @Suite("Images, RPM packages and make install", .serialized)
    struct OtherFormatsTests {
        private let packages: BuiltPackages
        private var run: Run { packages.run }

        init() throws { packages = try BuiltPackages.shared() }

        /// Runs the commands below a heading of docs/install.md that this machine can run.
        private func follow(_ title: String) throws {
            for command in try InstallationGuide().commands(title) where !command.hasPrefix("podman ") {
                if command.hasPrefix("make ") {
                    try run.make(String(command.dropFirst("make ".count)))
                } else {
                    try run.shell("cd '\(Artifacts.repository)' && \(command)")
                }
            }
        }

        @Test("an image is the same each time, skopeo and umoci take it, and its kawela serves in it, as nobody")
        func image() throws {
            let layout = BuiltPackages.folder + "/kawela.oci"
            try follow("An OCI image")
            let digest = try run.shell("skopeo inspect 'oci:\(layout):latest' | grep Digest")
            try run.make("oci")
            #expect(try run.shell("skopeo inspect 'oci:\(layout):latest' | grep Digest") == digest)
            let bundle = run.path("bundle")
            try run.execute(["umoci", "unpack", "--image", layout + ":latest", bundle], seconds: 120)
            let text = try Data(contentsOf: URL(filePath: bundle + "/config.json"))
            let settings = try JSONSerialization.jsonObject(with: text)
            let process = try #require((settings as? [String: Any])?["process"] as? [String: Any])
            #expect(process["args"] as? [String] == ["/usr/bin/kawela", "--help"])
            #expect((process["user"] as? [String: Int])?["uid"] == 65532)
            // A container without the cgroups that a runtime wants: a root, processes of its own, and the image's user.
            let root = bundle + "/rootfs"
            let container = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--net", "sh", "-euc"]
            let enter = "mount -t proc proc \(root)/proc; exec chroot --userspec=65532:65532 \(root) /usr/bin/kawela "
            try run.execute(["mkdir", "-p", root + "/proc"])
            #expect(try run.execute(container + [enter + "--version"]).contains("kawela \(packages.version)"))
            let serve = "serve --socket /run/kawela/pf.sock --uplink null"
            let server = try ChildProcess(container + [enter + serve], name: "contained", in: run)
            try eventually("kawela serves in its image\n\(server.tail())", within: 20) {
                FileManager.default.fileExists(atPath: root + "/run/kawela/pf.sock")
            }
            server.kill()
        }

        @Test("RPM packages have what make install installs, and their kawela runs")
        func rpm() throws {
            try follow("RPM packages")
            let files = try BuiltPackages.files(ending: ".rpm")
            #expect(files.count == 2)
            let tree = run.path("rpm")
            for file in files {
                let unpack = "rpm2cpio '\(file)' | cpio --extract --make-directories --quiet"
                try run.shell("mkdir -p '\(tree)' && cd '\(tree)' && \(unpack)")
            }
            #expect(try run.execute([tree + "/usr/bin/kawela", "--version"]).contains("kawela \(packages.version)"))
            let plugin = try run.execute(["rpm", "--query", "--list", "--package", files[1]])
            let licence = try run.execute(["rpm", "--query", "--queryformat", "%{LICENSE}", "--package", files[1]])
            #expect(plugin.contains("/usr/lib/kawela/kawela-sriov.so") && licence == "GPL-2.0-or-later")
            let (installed, deb) = try (listed(tree), listedInPackages())
            #expect(installed.isSuperset(of: deb), "\(deb.subtracting(installed))")
        }

        /// Programs, units and the like, of which each kind of package has the same.
        private func listed(_ tree: String) throws -> Set<String> {
            let paths = try run.shell("cd '\(tree)' && find usr/bin usr/lib -type f").split(separator: "\n")
            return Set(paths.map(String.init))
        }

        private func listedInPackages() throws -> Set<String> {
            let tree = run.path("deb")
            for file in try BuiltPackages.files() { try run.execute(["dpkg-deb", "--extract", file, tree]) }
            return try listed(tree)
        }

        @Test("make install puts all below DESTDIR and prefix, and make uninstall takes it away")
        func install() throws {
            let tree = run.path("tree")
            try run.make("install", "DESTDIR=\(tree)", "prefix=/opt/kawela")
            let unit = try String(
                contentsOfFile: tree + "/opt/kawela/lib/systemd/system/kawela@.service", encoding: .utf8)
            #expect(unit.contains("\nExecStart=/opt/kawela/bin/kawela serve --config /etc/kawela/%i.json\n"))
            #expect(try run.execute([tree + "/opt/kawela/bin/kawela", "--version"]).contains(packages.version))
            #expect(try run.execute(["find", tree, "-type", "f", "-not", "-path", "\(tree)/opt/kawela/*"]) == "")
            try run.make("uninstall", "DESTDIR=\(tree)", "prefix=/opt/kawela")
            #expect(try run.execute(["find", tree, "-type", "f"]) == "")
        }
    }
}
