// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// All benchmarks of the device alone.
enum DeviceBenchmarks {
    // The stages are internal to Intel82576 and need a build with -enable-testing, in which everything else is slower:
    // accesses that the compiler otherwise knows to be exclusive are checked then. So there are two builds.
    #if STAGES
        static let results = "stages"
        static func portable() throws -> [Scenario] { try Stages.all() }
        static func others(in run: Run) throws -> [Scenario] { [] }
    #else
        static let results = "device"
        static func portable() throws -> [Scenario] {
            try Paths.portable() + Mappings.portable() + VhostUserPaths.all()
        }

        /// Those to a TAP, which need root.
        static func others(in run: Run) throws -> [Scenario] {
            guard geteuid() == 0 else { return [] }
            let namespace = try Namespace(in: run)
            return try Paths.toTAP(Namespace.tap, namespace: "/run/netns/\(namespace.name)")
        }
    #endif

    static func run(seconds: Double, selection: String) throws -> [DeviceResult] {
        // First, while no freed memory can be used again.
        #if !STAGES
            let memory = try Paths.memoryOfPort()
            print("a port more takes \(memory) KB")
            try Store.save(memory, as: "memory")
            let threads = try ThreadedPorts.measure(seconds: max(1, 4 * seconds))
            print(threads.sentence)
            try Store.save(threads, as: "threads")
        #endif
        let run = try Run()
        defer { run.close() }
        let scenarios = try portable() + others(in: run)
        print("ns per".padded(64) + ["median", "minimum", "quartiles", "allocations"].columns)
        var results: [DeviceResult] = []
        for scenario in scenarios where selection.isEmpty || scenario.name.contains(selection) {
            let result = try scenario.measure(seconds: seconds)
            let time = result.nanoseconds
            let spread = "\(figure(time.quartiles.lower))...\(figure(time.quartiles.upper))"
            let columns = [figure(time.median), figure(time.minimum), spread, "\(result.allocations)"]
            print("\(scenario.unit): \(scenario.name)".padded(64) + columns.columns)
            results.append(
                DeviceResult(
                    name: scenario.name, unit: scenario.unit, median: time.median, minimum: time.minimum,
                    lower: time.quartiles.lower, upper: time.quartiles.upper, allocations: result.allocations))
        }
        return results
    }
}

/// Three significant digits, as far as that makes sense.
func figure(_ value: Double) -> String {
    String(format: value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value)
}
