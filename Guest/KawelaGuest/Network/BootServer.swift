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

    /// Runs DHCP and HTTP servers at the peer that boot a guest of `options` by iPXE.
    /// - Returns: the HTTP server, whose output names who got what.
    public func serveBoot(_ options: GuestOptions) throws -> ChildProcess {
        let (files, artifacts) = (URL(filePath: run.path("http")), try Artifacts.find())
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: false)
        func offer(_ name: String, _ path: String) throws {
            try FileManager.default.createSymbolicLink(
                at: files.appending(path: name), withDestinationURL: URL(filePath: path))
        }
        try offer("vmlinuz", artifacts.kernel(options.kernel))
        try offer("initrd", artifacts.initrd(options.kernel))
        let script = """
            #!ipxe
            kernel vmlinuz \(options.kernelArguments) initrd=initrd
            initrd initrd
            boot

            """
        try script.write(to: files.appending(path: "boot.ipxe"), atomically: true, encoding: .utf8)
        try serveAddresses(bootFile: "http://\(Namespace.address)/boot.ipxe")
        return try peer.start(["busybox", "httpd", "-f", "-vv", "-h", files.path], name: "httpd")
    }
}
