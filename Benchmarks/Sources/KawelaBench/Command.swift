import Foundation
import KawelaGuest

/// What the command line asks for.
struct Command {
    static let usage = """
        kawela-bench device [SECONDS] [NAME]   stages and whole paths of the device, without QEMU; NAME selects by its words
        kawela-bench compare [ROUNDS] [NAME]   Kawela beside QEMU's igb
        kawela-bench check [--update]          instructions and allocations per frame against thresholds.json, or into it
        kawela-bench count                     what `check` runs under callgrind
        """
    private let words: [String]

    init(_ words: [String]) { self.words = words }

    func run() throws {
        setenv("KAWELA_BINARY", Artifacts.repository + "/.build/release/kawela", 0)
        switch words.first {
        case "device": try DeviceBenchmarks.run(seconds: number(1) ?? 1, selection: words.dropFirst(2).first ?? "")
        case "compare":
            let effort = Row.Effort(batches: 100, rounds: Int(number(1) ?? 11))
            _ = try Comparison.run(selection: words.dropFirst(2).first ?? "", effort)
        case "count": try Counting.count()
        case "check": try Counting.check(updates: words.dropFirst().first == "--update")
        default: throw BenchError("what to do?\n\(Self.usage)")
        }
    }

    private func number(_ place: Int) -> Double? { place < words.count ? Double(words[place]) : nil }
}
