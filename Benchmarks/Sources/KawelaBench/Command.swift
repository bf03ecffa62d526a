/// What the command line asks for.
struct Command {
    static let usage = """
        kawela-bench device [SECONDS] [NAME]   stages and whole paths of the device, without QEMU; NAME selects by its words
        kawela-bench count                     what `check` runs under callgrind
        """
    private let words: [String]

    init(_ words: [String]) { self.words = words }

    func run() throws {
        switch words.first {
        case "device": try DeviceBenchmarks.run(seconds: number(1) ?? 1, selection: words.dropFirst(2).first ?? "")
        case "count": for scenario in try DeviceBenchmarks.portable() { try scenario.count(runs: 2) }
        default: throw BenchError("what to do?\n\(Self.usage)")
        }
    }

    private func number(_ place: Int) -> Double? { place < words.count ? Double(words[place]) : nil }
}
