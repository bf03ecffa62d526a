import Foundation

/// A running `kawela serve` with one physical function.
public final class KawelaServer: Sendable {
    public let socket: String
    public let process: ChildProcess

    /// Returns once the socket is there.
    public init(uplink: UplinkPeer, mac: String, in run: Run, namespace: Namespace?) throws {
        socket = run.path("pf.sock")
        let command = [
            try Artifacts.kawela(), "serve", "--socket", socket, "--uplink", uplink.kawelaSpecification, "--mac", mac,
        ]
        let process = try ChildProcess(namespace?.entering(command) ?? command, name: "kawela", in: run)
        self.process = process
        try eventually("kawela makes its socket\n\(process.tail())", within: 10, every: 0.01) { [socket] in
            if let status = process.status { throw GuestError("kawela ended with \(status)\n\(process.tail())") }
            return FileManager.default.fileExists(atPath: socket)
        }
    }
}

/// What the card's uplink is connected to.
public enum UplinkPeer: Sendable {
    /// A TAP interface by its name, in the namespace the server runs in.
    case tap(String)
    /// A listening UNIX stream socket; each frame goes with its length before it, as a big-endian 32-bit number.
    case stream(path: String)

    /// The value of `kawela serve --uplink`.
    var kawelaSpecification: String {
        switch self {
        case .tap(let name): "tap:\(name)"
        case .stream(let path): "stream:\(path)"
        }
    }

    /// The value of QEMU's `-netdev`.
    func netdev(id: String) -> String {
        switch self {
        case .tap(let name): "tap,id=\(id),ifname=\(name),script=no,downscript=no"
        case .stream(let path): "stream,id=\(id),server=off,addr.type=unix,addr.path=\(path)"
        }
    }
}
