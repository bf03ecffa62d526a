// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What `main`, which is libFuzzer's, calls for each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    run(Input(Array(UnsafeBufferPointer(start: bytes, count: count))))
    return 0
}

/// What libFuzzer calls once, at the start. With KAWELA_FUZZ_SEEDS the process only writes the target's first inputs into
/// the folder of that name.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<CInt>?,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
    signal(SIGPIPE, SIG_IGN)
    if let folder = environment("KAWELA_FUZZ_SEEDS") {
        for (name, bytes) in target.seeds { write(bytes, to: "\(folder)/\(name)") }
        exit(0)
    }
    return 0
}

/// A boundary that is fuzzed; KAWELA_FUZZ_TARGET has its name.
enum Target: String, CaseIterable {
    case configurationSpace = "config-space"
    case registers
    case wire
    case vfioUser = "vfio-user"
    case uplinks
    case vhostUser = "vhost-user"
    case configuration
    case mailbox
    case control
}

private let target: Target = {
    let name = environment("KAWELA_FUZZ_TARGET") ?? ""
    guard let target = Target(rawValue: name) else {
        print("KAWELA_FUZZ_TARGET is '\(name)': use one of \(Target.allCases.map(\.rawValue).joined(separator: ", "))")
        exit(2)
    }
    return target
}()

private func run(_ input: Input) {
    switch target {
    case .configurationSpace: runConfigurationSpace(input)
    case .registers: runRegisters(input)
    case .wire: runWire(input)
    case .vfioUser: runVFIOUser(input)
    case .uplinks: runUplinks(input)
    case .vhostUser: runVhostUser(input)
    case .configuration: runConfiguration(input)
    case .mailbox: runMailbox(input)
    case .control: runControl(input)
    }
}

private func runRegisters(_ input: Input) {
    var script = Script(input)
    script.run()
}

private func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

private func write(_ bytes: [UInt8], to path: String) {
    guard let file = fopen(path, "w") else { return perror(path) }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
}
