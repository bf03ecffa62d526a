// SPDX-License-Identifier: Apache-2.0

import HostSystem
import SystemPackage

extension BackendSpecification {
    /// Opens the backend. A stream's peer need not be there yet; everything else must.
    public func open() throws(BackendError) -> any Backend {
        if case .capture(let file, let inner) = self { return try Self.openCapture(file, around: inner.open()) }
        if case .tap(let name, usesVhost: true) = self { return try Self.openTAP(name, by: Self.openVhost()) }
        do throws(Errno) {
            return try openPlain()
        } catch {
            throw BackendError(explanation(of: error))
        }
    }

    private func openPlain() throws(Errno) -> any Backend {
        switch self {
        case .tap(let name, _): try TAPBackend(name: name)
        case .packet(let name): try PacketBackend(name: name)
        case .stream(let path, isServer: false): try StreamBackend(connectingTo: path)
        case .stream(let path, isServer: true): try StreamBackend(listeningOn: path)
        case .datagram(let local, let remote): try DatagramBackend(local: local, remote: remote)
        case .tcp(let address, isServer: false): try StreamBackend(connectingTo: address)
        case .tcp(let address, isServer: true): try StreamBackend(listeningOn: address)
        case .udp(let local, let remote): try DatagramBackend(local: local, remote: remote)
        case .vhostUser(let path, isServer: false): try VhostUserBackend(connectingTo: path)
        case .vhostUser(let path, isServer: true): try VhostUserBackend(listeningOn: path)
        case .loopback: try LoopbackBackend()
        case .null, .capture: NullBackend()
        }
    }

    private static func openVhost() throws(BackendError) -> VhostNetDevice {
        do throws(Errno) {
            return try VhostNetDevice()
        } catch {
            throw BackendError(vhostExplanation(of: error))
        }
    }

    private static func openTAP(_ name: String, by vhost: VhostNetDevice) throws(BackendError) -> any Backend {
        do throws(Errno) {
            return try VhostTAPBackend(name: name, vhost)
        } catch {
            throw BackendError(tapExplanation(of: error, name))
        }
    }

    private static func openCapture(_ file: String, around inner: any Backend) throws(BackendError) -> any Backend {
        do throws(Errno) {
            return try CaptureBackend(file: file, around: inner)
        } catch {
            inner.close()
            throw BackendError(captureExplanation(of: error, file))
        }
    }
}

// MARK: Explanations

extension BackendSpecification {
    /// What `error` means for this backend, and what to do about it.
    func explanation(of error: Errno) -> String {
        switch self {
        case .tap(let name, _): Self.tapExplanation(of: error, name)
        case .packet(let name): Self.packetExplanation(of: error, name)
        case .stream(let path, isServer: false):
            Self.connectExplanation(of: error, path, "passt or of a QEMU `-netdev stream,server=on`")
        case .vhostUser(let path, isServer: false):
            Self.connectExplanation(of: error, path, "a vhost-user back end that listens")
        case .stream(let path, isServer: true), .datagram(let path, _), .vhostUser(let path, isServer: true):
            Self.bindExplanation(of: error, path)
        case .tcp(let address, _), .udp(let address, _): Self.internetExplanation(of: error, address)
        case .capture(let file, _): Self.captureExplanation(of: error, file)
        case .null, .loopback: "cannot open '\(self)': \(error)"
        }
    }

    private static func tapExplanation(of error: Errno, _ name: String) -> String {
        switch error {
        case .noSuchAddressOrDevice, .operationNotSupportedByDevice:
            "no TAP interface '\(name)': create it with `ip tuntap add dev \(name) mode tap user $USER` "
                + "and `ip link set \(name) up`"
        case .noSuchFileOrDirectory: "no /dev/net/tun: load the kernel module with `modprobe tun`"
        case .permissionDenied:
            "no access to /dev/net/tun: as root, run `chmod 666 /dev/net/tun`, or run this as a user who may open it"
        case .notPermitted:
            "TAP interface '\(name)' belongs to somebody else: create it with `ip tuntap add dev \(name) mode tap user $USER`"
        case .resourceBusy: "TAP interface '\(name)' is in use by another program: end that program, or use another TAP"
        case .invalidArgument:
            "'\(name)' is not a TAP interface: name one that `ip tuntap` shows with 'tap'"
        default: "cannot attach to TAP interface '\(name)': \(error)"
        }
    }

    /// What `error` means for /dev/vhost-net.
    static func vhostExplanation(of error: Errno) -> String {
        switch error {
        case .noSuchFileOrDirectory, .noSuchAddressOrDevice, .operationNotSupportedByDevice:
            "no /dev/vhost-net: load the kernel module with `modprobe vhost_net`, or leave out 'vhost=on'"
        case .permissionDenied:
            "no access to /dev/vhost-net: run this as a user who may open it, in many systems those of the group 'kvm', "
                + "or leave out 'vhost=on'"
        case .notSupported: "this kernel's vhost-net is too old: use Linux 4.0 or newer, or leave out 'vhost=on'"
        default: "cannot use /dev/vhost-net: \(error)"
        }
    }

    private static func packetExplanation(of error: Errno, _ name: String) -> String {
        switch error {
        case .noSuchAddressOrDevice, .operationNotSupportedByDevice:
            "no interface '\(name)': name one that `ip link` shows, or create it first"
        case .notPermitted, .permissionDenied:
            "no right to use packet sockets: run `setcap cap_net_raw+ep` on this program, or run it as root"
        case .invalidArgument: "'\(name)' is no Ethernet interface: name one that `ip link` shows with 'link/ether'"
        case .protocolNotAvailable: "this kernel's packet sockets are too old: use Linux 4.20 or newer"
        default: "cannot attach to interface '\(name)': \(error)"
        }
    }

    /// - Parameter peer: who should listen there.
    private static func connectExplanation(of error: Errno, _ path: String, _ peer: String) -> String {
        switch error {
        case .permissionDenied:
            "no permission to connect to '\(path)': check the modes of the socket and its directories"
        case .protocolWrongTypeForSocket:
            "'\(path)' is not a stream socket: use the path of \(peer)"
        default: "cannot connect to '\(path)': \(error)"
        }
    }

    private static func bindExplanation(of error: Errno, _ path: String) -> String {
        switch error {
        case .addressInUse: "'\(path)' is taken: another program answers there, or it is no socket; use another path"
        case .permissionDenied, .readOnlyFileSystem:
            "no permission to create the socket '\(path)': use a directory this user may write to"
        case .noSuchFileOrDirectory, .notDirectory:
            "the directory for the socket '\(path)' does not exist: create it, or use another path"
        default: "cannot create the socket '\(path)': \(error)"
        }
    }

    private static func internetExplanation(of error: Errno, _ address: InternetAddress) -> String {
        switch error {
        case .addressInUse: "\(address) is taken by another program: use another port"
        case .addressNotAvailable: "\(address) is no address of this host: name one that `ip address` shows"
        case .permissionDenied: "no permission to use port \(address.port): use one above 1023"
        default: "cannot use \(address): \(error)"
        }
    }

    private static func captureExplanation(of error: Errno, _ file: String) -> String {
        switch error {
        case .invalidArgument, .isDirectory, .noSuchAddressOrDevice:
            "'\(file)' is no regular file, so no capture can be written to it: use another name"
        case .resourceTemporarilyUnavailable: "another capture writes to '\(file)': use another name"
        case .permissionDenied, .readOnlyFileSystem:
            "no permission to write the capture '\(file)': use a directory this user may write to"
        case .noSuchFileOrDirectory, .notDirectory:
            "the directory of the capture '\(file)' does not exist: create it, or use another name"
        case .noSpace: "no space on the disk for the capture '\(file)': free some, or use another file system"
        default: "cannot write the capture '\(file)': \(error)"
        }
    }
}
