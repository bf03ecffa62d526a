import Foundation
import KawelaGuest

/// All benchmarks of the device alone.
enum DeviceBenchmarks {
    static func portable() throws -> [Scenario] { try Stages.all() + Paths.portable() }

    static func run(seconds: Double, selection: String) throws -> [DeviceResult] {
        let run = try Run()
        defer { run.close() }
        var scenarios = try portable()
        if geteuid() == 0 {
            let namespace = try Namespace(in: run)
            scenarios += try Paths.toTAP(Namespace.tap, namespace: "/run/netns/\(namespace.name)")
        }
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
