// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the peer serves: addresses, and a kernel for machines that boot from the network.
extension Bench {
    /// Runs a DHCP server at the peer.
    /// - Parameter bootFile: what machines that boot from the network are told to fetch.
    public func serveAddresses(bootFile: String? = nil) throws {
        let (configuration, leases) = (run.path("udhcpd.conf"), run.path("leases"))
        let text = """
            start 10.82.57.100
            end 10.82.57.199
            max_leases 100
            interface \(Namespace.tap)
            lease_file \(leases)
            pidfile \(run.path("udhcpd.pid"))
            option subnet 255.255.255.0
            \(bootFile.map { "siaddr \(Namespace.address)\nboot_file \($0)" } ?? "")

            """
        try text.write(toFile: configuration, atomically: true, encoding: .utf8)
        try "".write(toFile: leases, atomically: true, encoding: .utf8)
        _ = try peer.start(["busybox", "udhcpd", "-f", configuration], name: "udhcpd")
    }

    /// Runs a DHCP server at the peer, and one that has a boot script, a kernel and a guest image, all for a guest of
    /// `options` to boot by iPXE.
    /// - Returns: the second server, whose output names who got what.
    public func serveBoot(_ options: GuestOptions, by way: BootProtocol = .http) throws -> ChildProcess {
        let (files, artifacts) = (URL(filePath: run.path("boot-files")), try Artifacts.find())
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: false)
        func offer(_ name: String, _ path: String) throws {
            try FileManager.default.createSymbolicLink(
                at: files.appending(path: name), withDestinationURL: URL(filePath: path))
        }
        try offer("vmlinuz", artifacts.compressedKernel(options.kernel))
        try offer("initrd", artifacts.initrd(options.kernel))
        let script = """
            #!ipxe
            kernel vmlinuz \(options.kernelArguments) initrd=initrd
            initrd initrd
            boot

            """
        try script.write(to: files.appending(path: "boot.ipxe"), atomically: true, encoding: .utf8)
        try serveAddresses(bootFile: way.bootFile)
        return try peer.start(way.server(of: files.path), name: "\(way)")
    }
}

/// How a machine that boots from the network gets its files.
public enum BootProtocol: Sendable {
    case http
    /// What the DHCP server's own words for it, server and file, mean.
    case tftp

    var bootFile: String { self == .http ? "http://\(Namespace.address)/boot.ipxe" : "boot.ipxe" }

    func server(of folder: String) -> [String] {
        switch self {
        case .http: ["busybox", "httpd", "-f", "-vv", "-h", folder]
        case .tftp:
            [
                "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--enable-tftp",
                "--tftp-root=\(folder)", "--interface=\(Namespace.tap)", "--user=root", "--log-facility=-",
                "--pid-file=",
            ]
        }
    }
}
