// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

/// What ethtool sets and says.
extension Guest {
    /// `ethtool` with `arguments` for eth0; then waits for the link, which some settings take down.
    func ethtool(_ arguments: String) throws {
        let words = arguments.split(separator: " ", maxSplits: 1)
        try run("ethtool \(words[0]) \(Self.interface) \(words.count > 1 ? words[1] : "")")
        try waitForCarrier()
    }

    /// The counters of `ethtool -S`.
    func statistics() throws -> [String: Int] {
        var counters: [String: Int] = [:]
        for line in try run("ethtool -S \(Self.interface)").split(separator: "\n") {
            let parts = line.split(separator: ":")
            guard parts.count == 2, let value = Int(parts[1].filter(\.isNumber)) else { continue }
            counters[parts[0].filter { $0 != " " }] = value
        }
        return counters
    }

    /// The statistics of `ethtool -S` while no frame is under way. The driver reads them one after the other, and a frame
    /// between two of them is in the bytes and not in the packets.
    func quietStatistics() throws -> [String: Int] {
        var counters = try statistics()
        try eventually("nothing moves", within: 15, every: 0.5) {
            let before = counters
            counters = try statistics()
            return ["rx_bytes", "tx_bytes"].allSatisfy { counters[$0] == before[$0] }
        }
        return counters
    }

    /// By how much each counter of `ethtool -S` grows during `action`.
    func growth(during action: () throws -> Void) throws -> [String: Int] {
        let before = try statistics()
        try action()
        return try statistics().merging(before) { $0 - $1 }
    }

    /// How many interrupts come of the lines of /proc/interrupts that match `lines`, and within which time, while the peer's
    /// iperf3 sends 2000 datagrams a second for two seconds.
    func interruptsOfStream(of lines: String) throws -> (count: Int, seconds: Double) {
        let script = """
            count() { awk '/\(lines)/ { for (i = 2; i <= 1 + cpus; i++) n += $i } NR == 1 { cpus = NF } END { print n }' \
                /proc/interrupts; }
            a=$(count); s=$(cut -d ' ' -f 1 /proc/uptime)
            iperf3 -u -b 8M -l 500 -t 2 -R -c \(Namespace.address) >/dev/null
            echo $a $(count) $s $(cut -d ' ' -f 1 /proc/uptime)
            """
        let numbers = try run(script, seconds: 40).split { " \n".contains($0) }.compactMap { Double($0) }
        try #require(numbers.count == 4)
        return (Int(numbers[1] - numbers[0]), numbers[3] - numbers[2])
    }

    /// A line of `ethtool -d`, by how it begins.
    func dumped(_ name: String) throws -> String? {
        try run("ethtool -d \(Self.interface)").split(separator: "\n").map(String.init)
            .first { $0.drop { $0 == " " }.hasPrefix(name) }
    }

    /// A register, read through IOADDR and IODATA in the I/O window.
    func register(_ offset: UInt32) throws -> UInt32 {
        let address = (0..<4).map { "\\x" + String(UInt8(truncatingIfNeeded: offset >> (8 * $0)), radix: 16) }.joined()
        let script = """
            window=/sys/class/net/\(Self.interface)/device/resource2
            busybox printf '\(address)' | dd of=$window bs=4 count=1 2>/dev/null
            dd if=$window bs=4 skip=1 count=1 2>/dev/null | od -A n -t x4
            """
        let text = try run(script)
        return try #require(UInt32(text.filter(\.isHexDigit), radix: 16), "\(text)")
    }
}
