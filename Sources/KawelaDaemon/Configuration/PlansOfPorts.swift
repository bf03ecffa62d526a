import Backends

/// A plan for each port: the one of the command line and the file, or the several of the file.
func readPlans(_ line: ServeOptions, configuration path: String?) throws(Failure) -> [ServePlan] {
    guard let path else { return [try ServePlan(line)] }
    let file = try ConfigurationFile(path: path)
    guard let ports = file.ports else { return [try ServePlan(line.completed(by: file.options))] }
    try refusePortOptions(line)
    do throws(Failure) {
        return try plans(of: ports, common: line.completed(by: file.options))
    } catch {
        throw error.of(path)
    }
}

private func plans(of ports: [ServeOptions], common: ServeOptions) throws(Failure) -> [ServePlan] {
    var plans: [ServePlan] = []
    for (index, port) in ports.enumerated() {
        var options = port
        options.logLevel = common.logLevel
        do throws(Failure) {
            try requireKeys(of: port)
            plans.append(try ServePlan(options))
        } catch {
            throw error.of("ports[\(index)]")
        }
    }
    try refuseSharedThings(ports, plans)
    return plans
}

/// What ``ServePlan`` would ask for in words of the command line.
private func requireKeys(of port: ServeOptions) throws(Failure) {
    if port.socket ?? "" == "", port.directory ?? "" == "" {
        throw .usage("the key \"socket\" is missing, or \"directory\", with \"vfs\"")
    }
    if port.uplink ?? "" == "" { throw .usage("the key \"uplink\" is missing") }
}

private func refusePortOptions(_ line: ServeOptions) throws(Failure) {
    var rest = line
    rest.logLevel = nil
    guard rest != ServeOptions() else { return }
    throw .usage(
        "the file of --config has several ports, and options of one are given here too: "
            + "leave all but --config and --log-level out, and write them into \"ports\" of the file")
}

// MARK: What two ports cannot share

/// Something of the host that one port can have, and the key that asks for it.
private struct Claim {
    enum Thing: Hashable {
        case file(String)
        case interface(String)
    }

    var thing: Thing
    var key: String

    static func path(_ path: String, _ key: String) -> Claim { Claim(thing: .file(absolutePath(path)), key: key) }
}

private func refuseSharedThings(_ ports: [ServeOptions], _ plans: [ServePlan]) throws(Failure) {
    var owners: [Claim.Thing: String] = [:]
    for (index, (port, plan)) in zip(ports, plans).enumerated() {
        // A port may claim a thing twice: the directory and what is in it are of one key.
        for claim in try claims(of: port, plan, index) {
            let place = "ports[\(index)].\(claim.key)"
            guard let owner = owners.updateValue(place, forKey: claim.thing), owner != place else { continue }
            throw .usage("\(place) and \(owner) are both \(claim.thing): each port needs its own")
        }
    }
}

extension Claim.Thing: CustomStringConvertible {
    var description: String {
        switch self {
        case .file(let path): path
        case .interface(let name): "the interface \(name)"
        }
    }
}

private func claims(of port: ServeOptions, _ plan: ServePlan, _ index: Int) throws(Failure) -> [Claim] {
    var claims = plan.served.map { Claim.path($0.path, port.directory == nil ? "socket" : "directory") }
    if let directory = port.directory { claims.insert(.path(directory, "directory"), at: 0) }
    if let nvm = port.nvm { claims.append(.path(nvm, "nvm")) }
    do throws(BackendError) {
        return claims + (try BackendSpecification(parsing: plan.uplink)).claims
    } catch {
        throw .usage("ports[\(index)].uplink: \(error)")
    }
}

extension BackendSpecification {
    /// Two ends of one cable name the same sockets; only those made here are claimed.
    fileprivate var claims: [Claim] {
        switch self {
        case .tap(let name), .packet(let name): [Claim(thing: .interface(name), key: "uplink")]
        case .stream(let path, isServer: true), .datagram(let path, _): [.path(path, "uplink")]
        case .capture(let file, let inner): [.path(file, "uplink")] + inner.claims
        case .stream, .null, .loopback: []
        }
    }
}
