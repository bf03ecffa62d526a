// SPDX-License-Identifier: Apache-2.0

/// A plan for each port: the one of the command line and the file, or the several of the file.
func readPlans(_ line: ServeOptions, configuration path: String?) throws(Failure) -> [ServePlan] {
    guard let path else { return [try ServePlan(line)] }
    let file = try ConfigurationFile(path: path)
    guard let ports = file.ports else { return [try ServePlan(line.completed(by: file.options))] }
    try refusePortOptions(line)
    do throws(Failure) {
        return try plans(of: ports, common: line.completed(by: file.options))
    } catch {
        throw error.located(at: path)
    }
}

private func plans(of ports: [ServeOptions], common: ServeOptions) throws(Failure) -> [ServePlan] {
    var plans: [ServePlan] = []
    for (index, port) in ports.enumerated() {
        var options = port
        (options.logLevel, options.sandbox, options.control) = (common.logLevel, common.sandbox, common.control)
        do throws(Failure) {
            try requireKeys(of: port)
            plans.append(try ServePlan(options))
        } catch {
            throw error.located(at: "ports[\(index)]")
        }
    }
    try refuseConflicts(between: ports, plans)
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
    (rest.logLevel, rest.sandbox, rest.control) = (nil, nil, nil)
    guard rest != ServeOptions() else { return }
    throw .usage(
        "the file of --config has several ports, and options of one are given here too: "
            + "leave all but --config, --control, --log-level and --sandbox out, and write them into \"ports\" of the file"
    )
}
