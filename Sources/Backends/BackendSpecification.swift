// SPDX-License-Identifier: Apache-2.0

import CKawela
import HostSystem

/// What a user wrote to say where a port's wire ends, for example `tap:kw0` or `pcap:out.pcap,stream:/run/passt.sock`.
public enum BackendSpecification: Sendable, Equatable {
    /// - Parameter usesVhost: the kernel's vhost-net moves the frames.
    case tap(name: String, usesVhost: Bool = false)
    case packet(name: String)
    case stream(path: String, isServer: Bool)
    case tcp(InternetAddress, isServer: Bool)
    case datagram(local: String, remote: String)
    case udp(local: InternetAddress, remote: InternetAddress)
    case vhostUser(path: String, isServer: Bool)
    case null
    case loopback
    indirect case capture(file: String, inner: BackendSpecification)

    /// The forms there are, for messages and help.
    package static let forms =
        "tap:NAME, tap:NAME,vhost=on, packet:NAME, stream:PATH, stream:PATH,server, stream:tcp:HOST:PORT, "
        + "stream:tcp:HOST:PORT,server, dgram:LOCAL:REMOTE, dgram:udp:HOST:PORT,HOST:PORT, vhost-user:PATH, vhost-user:PATH,server, null, loopback, "
        + "pcap:FILE and pcap:FILE,BACKEND"

    public init(parsing text: String) throws(BackendError) {
        let (kind, rest) = Self.split(text, at: ":")
        switch (kind, rest) {
        case ("tap", let rest): self = try Self.tap(rest ?? "")
        case ("packet", let name): self = .packet(name: try Self.interface(name ?? "", "interface", "packet:eth1"))
        case ("stream", let rest?) where rest.hasPrefix("tcp:"): self = try Self.tcp(rest)
        case ("dgram", let rest?) where rest.hasPrefix("udp:"): self = try Self.udp(rest)
        case ("stream", let rest):
            let (path, isServer) = try Self.connection(rest ?? "", "stream")
            self = .stream(path: path, isServer: isServer)
        case ("vhost-user", let rest):
            let (path, isServer) = try Self.connection(rest ?? "", "vhost-user")
            self = .vhostUser(path: path, isServer: isServer)
        case ("dgram", let rest): self = try Self.datagram(rest ?? "")
        case ("pcap", let rest): self = try Self.capture(rest ?? "")
        case ("null", nil): self = .null
        case ("loopback", nil): self = .loopback
        case ("null", _), ("loopback", _):
            throw BackendError("'\(kind)' takes no argument: write '\(kind)' instead of '\(text)'")
        default: throw BackendError("there is no backend '\(kind)': the backends are \(Self.forms)")
        }
    }

    /// The text around the first `separator`.
    private static func split(_ text: String, at separator: Character) -> (String, String?) {
        guard let place = text.firstIndex(of: separator) else { return (text, nil) }
        return (String(text[..<place]), String(text[text.index(after: place)...]))
    }
}

// MARK: Each backend's argument

extension BackendSpecification {
    private static func tap(_ rest: String) throws(BackendError) -> Self {
        let (name, option) = split(rest, at: ",")
        guard option == nil || option == "vhost=on" || option == "vhost=off" else {
            throw BackendError("'tap' has no option '\(option ?? "")': write 'tap:NAME' or 'tap:NAME,vhost=on'")
        }
        return .tap(name: try interface(name, "TAP interface", "tap:tap0"), usesVhost: option == "vhost=on")
    }

    private static func interface(
        _ name: String, _ what: String, _ example: String
    ) throws(BackendError) -> String {
        guard !name.isEmpty else {
            let kind = split(example, at: ":").0
            throw BackendError(
                "'\(kind):' lacks the name of the \(what): write '\(kind):NAME', for example '\(example)'")
        }
        guard name.utf8.count < IFNAMSIZ else {
            throw BackendError(
                "'\(name)' is too long for an interface (\(name.utf8.count) bytes, at most \(IFNAMSIZ - 1)): use a shorter name"
            )
        }
        let isAllowed = name != "." && name != ".." && name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x2F && $0 != 0x3A }
        guard isAllowed else {
            throw BackendError("'\(name)' is no name of an interface: it may hold no blank, '/' or ':'")
        }
        return name
    }

    private static func connection(_ rest: String, _ kind: String) throws(BackendError) -> (
        path: String, isServer: Bool
    ) {
        let (path, option) = split(rest, at: ",")
        guard option == nil || option == "server" else {
            throw BackendError(
                "'\(kind)' has no option '\(option ?? "")': write '\(kind):PATH' or '\(kind):PATH,server'")
        }
        return (try socketPath(path, of: "\(kind):PATH"), option != nil)
    }

    private static func tcp(_ rest: String) throws(BackendError) -> Self {
        let (host, option) = split(String(rest.dropFirst(4)), at: ",")
        guard option == nil || option == "server" else {
            throw BackendError(
                "'stream' has no option '\(option ?? "")': write 'stream:tcp:HOST:PORT' or 'stream:tcp:HOST:PORT,server'"
            )
        }
        return .tcp(try address(host, "stream:tcp:192.0.2.1:5000"), isServer: option != nil)
    }

    private static func udp(_ rest: String) throws(BackendError) -> Self {
        let (local, remote) = split(String(rest.dropFirst(4)), at: ",")
        let example = "dgram:udp:127.0.0.1:5000,192.0.2.1:5000"
        guard let remote else {
            throw BackendError("'dgram:\(rest)' lacks the address of the other side: write for example '\(example)'")
        }
        let addresses = (local: try address(local, example), remote: try address(remote, example))
        guard addresses.local != addresses.remote else {
            throw BackendError("'dgram:\(rest)' names one address twice: the two of '\(example)' must differ")
        }
        return .udp(local: addresses.local, remote: addresses.remote)
    }

    private static func address(_ text: String, _ example: String) throws(BackendError) -> InternetAddress {
        guard let address = InternetAddress(parsing: text) else {
            throw BackendError(
                "'\(text)' is no address and port in numbers: write for example '\(example)', an IPv6 address in brackets"
            )
        }
        return address
    }

    private static func datagram(_ rest: String) throws(BackendError) -> Self {
        let form = "dgram:LOCAL:REMOTE"
        let (local, remote) = split(rest, at: ":")
        guard let remote else {
            throw BackendError("'dgram:\(rest)' lacks the path of the other side: write '\(form)'")
        }
        guard !remote.contains(":") else {
            throw BackendError("'dgram:\(rest)' has too many ':': write '\(form)', where a path may hold none")
        }
        guard local != remote else {
            throw BackendError("'dgram:\(rest)' names one socket twice: LOCAL and REMOTE of '\(form)' must differ")
        }
        return .datagram(local: try socketPath(local, of: form), remote: try socketPath(remote, of: form))
    }

    private static func capture(_ rest: String) throws(BackendError) -> Self {
        let (file, inner) = split(rest, at: ",")
        guard !file.isEmpty, !file.utf8.contains(0) else {
            throw BackendError("'pcap:' lacks the file to write: write 'pcap:FILE' or 'pcap:FILE,BACKEND'")
        }
        guard let inner else { return .capture(file: file, inner: .null) }
        guard !inner.hasPrefix("pcap:") else {
            throw BackendError("'pcap:\(rest)' captures a capture: name one file, and a backend other than pcap")
        }
        return .capture(file: file, inner: try Self(parsing: inner))
    }

    private static func socketPath(_ path: String, of form: String) throws(BackendError) -> String {
        let longest = 107  // sun_path less its final 0
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw BackendError("the path of a socket is missing: write '\(form)'")
        }
        guard path.utf8.count <= longest else {
            throw BackendError(
                "'\(path)' is too long for a socket (\(path.utf8.count) bytes, at most \(longest)): use a shorter path")
        }
        return path
    }
}

extension BackendSpecification: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tap(let name, let usesVhost): "tap:\(name)\(usesVhost ? ",vhost=on" : "")"
        case .packet(let name): "packet:\(name)"
        case .stream(let path, let isServer): "stream:\(path)\(isServer ? ",server" : "")"
        case .datagram(let local, let remote): "dgram:\(local):\(remote)"
        case .tcp(let address, let isServer): "stream:tcp:\(address)\(isServer ? ",server" : "")"
        case .udp(let local, let remote): "dgram:udp:\(local),\(remote)"
        case .vhostUser(let path, let isServer): "vhost-user:\(path)\(isServer ? ",server" : "")"
        case .null: "null"
        case .loopback: "loopback"
        case .capture(let file, .null): "pcap:\(file)"
        case .capture(let file, let inner): "pcap:\(file),\(inner)"
        }
    }
}
