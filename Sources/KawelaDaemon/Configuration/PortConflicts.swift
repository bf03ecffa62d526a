// SPDX-License-Identifier: Apache-2.0

import Backends

/// A resource of the host that only one port can use, and the key of the configuration that asks for it.
private struct Claim {
    enum Resource: Hashable {
        case file(String)
        case interface(String)
        /// Protocol, host and port.
        case address(String)
    }

    var resource: Resource
    var key: String

    static func path(_ path: String, _ key: String) -> Claim { Claim(resource: .file(absolutePath(path)), key: key) }
}

/// Refuses plans of ports that would use the same socket, file or interface.
func refuseConflicts(between ports: [ServeOptions], _ plans: [ServePlan]) throws(Failure) {
    var owners: [Claim.Resource: String] = [:]
    for (index, (port, plan)) in zip(ports, plans).enumerated() {
        // A port may claim a resource twice: the directory and what is in it are of one key.
        for claim in try claims(of: port, plan, index) {
            let place = "ports[\(index)].\(claim.key)"
            guard let owner = owners.updateValue(place, forKey: claim.resource), owner != place else { continue }
            throw .usage("\(place) and \(owner) are both \(claim.resource): each port needs its own")
        }
    }
}

extension Claim.Resource: CustomStringConvertible {
    var description: String {
        switch self {
        case .file(let path): path
        case .address(let address): address
        case .interface(let name): "the interface \(name)"
        }
    }
}

private func claims(of port: ServeOptions, _ plan: ServePlan, _ index: Int) throws(Failure) -> [Claim] {
    var claims = plan.served.map { Claim.path($0.path, port.directory == nil ? "socket" : "directory") }
    if let directory = port.directory { claims.insert(.path(directory, "directory"), at: 0) }
    if let nvm = port.nvm { claims.append(.path(nvm, "nvm")) }
    if let trace = port.trace { claims.append(.path(trace, "trace")) }
    do throws(BackendError) {
        return claims + (try BackendSpecification(parsing: plan.uplink)).claims
    } catch {
        throw .usage("ports[\(index)].uplink: \(error)")
    }
}

extension BackendSpecification {
    /// What an uplink uses alone. Both ends of a cable name the same sockets; only those that the uplink makes are claimed.
    fileprivate var claims: [Claim] {
        switch self {
        case .tap(let name, _), .packet(let name): [Claim(resource: .interface(name), key: "uplink")]
        case .stream(let path, isServer: true), .vhostUser(let path, isServer: true), .datagram(let path, _):
            [.path(path, "uplink")]
        case .tcp(let address, isServer: true): [Claim(resource: .address("TCP \(address)"), key: "uplink")]
        case .udp(let address, _): [Claim(resource: .address("UDP \(address)"), key: "uplink")]
        case .capture(let file, let inner): [.path(file, "uplink")] + inner.claims
        case .stream, .tcp, .vhostUser, .null, .loopback: []
        }
    }
}
