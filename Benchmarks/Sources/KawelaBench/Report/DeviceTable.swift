// SPDX-License-Identifier: Apache-2.0

/// Figures of stages and paths without QEMU.
struct DeviceTable {
    let measured: Measured

    var text: String {
        guard !measured.device.isEmpty else { return "" }
        let lines = measured.device.map { result in
            let limit = measured.thresholds.limits[result.name]
            let cells = [
                "\(result.name), per \(result.unit)", "\(figure(result.median)) (\(figure(result.minimum)))",
                "\(figure(result.lower)) ... \(figure(result.upper))", limit.map { figure($0.instructions) } ?? "",
                "\(result.allocations)",
            ]
            return "| " + cells.joined(separator: " | ") + " |"
        }
        return """
            ## The device alone

            Stages of the pipeline, and whole paths from doorbell to write-back, in one process without QEMU. Nanoseconds:
            median, and minimum in brackets. Instructions are those of Benchmarks/thresholds.json, which `make bench-check`
            holds them to.

            | | ns | middle half | instructions | allocations |
            |---|--:|--:|--:|--:|
            \(lines.joined(separator: "\n"))

            \(measured.memory.map { "Each port more takes \($0) KB of memory." } ?? "") \(measured.threads?.sentence ?? "")
            """
    }
}
