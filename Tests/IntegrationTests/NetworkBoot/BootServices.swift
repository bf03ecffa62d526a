// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// How a guest gets its files. The address of the first one comes by DHCP in either case.
enum BootTransfer: Sendable, CaseIterable {
    case http
    case tftp

    /// Where the files are, for iPXE; it takes a bare name for TFTP.
    var prefix: String { self == .http ? "http://\(Namespace.address)/" : "" }
}

/// What a network has for machines that boot from it: DHCP, and a folder with a boot script, a kernel and a guest image.
///
/// iPXE gets the script. A UEFI gets iPXE first, as a program that uses the card through the firmware.
struct BootServices {
    private let dhcp: ChildProcess
    private let http: ChildProcess?

    /// Who got what.
    var log: String { dhcp.output + (http?.output ?? "") }

    /// Serves a guest of `options` at the peer of `bench`.
    init(_ bench: BootBench, _ options: GuestOptions, by transfer: BootTransfer) throws {
        let folder = bench.run.path(bench.run.uniqueName("boot"))
        try Self.fill(folder, options, in: bench.run)
        dhcp = try bench.peer.start(
            Self.dhcpServer(transfer, folder: folder, leases: "\(folder).leases"), name: "dnsmasq")
        http =
            transfer == .http
            ? try bench.peer.start(Self.httpServer(of: folder), name: "httpd") : nil
    }

    private static func fill(_ folder: String, _ options: GuestOptions, in run: Run) throws {
        let (files, artifacts) = (FileManager.default, try Artifacts.find())
        try files.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let links = [
            "vmlinuz": artifacts.compressedKernel(options.kernel),
            "snponly.efi": "\(try BootFirmware.files(in: run))/snponly.efi",
        ]
        for (name, path) in links {
            try files.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: path)
        }
        // A third of the size: TFTP waits for an answer after each 1.4 KB.
        try run.execute(["zstd", "-q", artifacts.initrd(options.kernel), "-o", "\(folder)/initrd"], seconds: 60)
        let script = """
            #!ipxe
            kernel vmlinuz \(options.kernelArguments) initrd=initrd
            initrd initrd
            boot

            """
        try script.write(toFile: "\(folder)/boot.ipxe", atomically: true, encoding: .utf8)
    }

    /// Not that of BusyBox: OVMF asks for the size first (HEAD), gets the file as well, and now and then gives up.
    private static func httpServer(of folder: String) -> [String] {
        ["python3", "-u", "-m", "http.server", "--bind", Namespace.address, "--directory", folder, "80"]
    }

    /// The types of clients (option 93): 7 is an x86-64 UEFI that uses TFTP, 16 one that uses HTTP. iPXE has option 175.
    private static func dhcpServer(_ transfer: BootTransfer, folder: String, leases: String) -> [String] {
        let network = Namespace.address.split(separator: ".").dropLast().joined(separator: ".")
        let common = [
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=\(Namespace.tap)",
            "--user=root", "--log-facility=-", "--pid-file=", "--dhcp-leasefile=\(leases)",
            "--dhcp-range=\(network).100,\(network).199", "--dhcp-match=set:ipxe,175",
            "--dhcp-match=set:pxe,option:client-arch,7", "--dhcp-match=set:url,option:client-arch,16",
            "--dhcp-boot=tag:ipxe,\(transfer.prefix)boot.ipxe",
        ]
        switch transfer {
        case .tftp:
            return common + ["--enable-tftp", "--tftp-root=\(folder)", "--dhcp-boot=tag:!ipxe,tag:pxe,snponly.efi"]
        case .http:
            // A UEFI takes offers of its own kind only.
            return common + [
                "--dhcp-option-force=tag:url,60,HTTPClient",
                "--dhcp-boot=tag:!ipxe,tag:url,\(transfer.prefix)snponly.efi",
            ]
        }
    }
}
