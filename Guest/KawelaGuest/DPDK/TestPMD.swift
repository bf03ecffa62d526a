// SPDX-License-Identifier: Apache-2.0

import Foundation

/// DPDK's testpmd in a guest that was made with ``GuestOptions/dpdk(_:)``, told what to do at its prompt.
public final class TestPMD: Sendable {
    private let guest: Guest
    private static let (input, output) = ("/tmp/testpmd.in", "/tmp/testpmd.out")

    /// Starts it on `functions` (PCI addresses), which have a driver of VFIO's or UIO's, and waits for its prompt.
    /// - Parameter options: testpmd's own, those after `--`.
    public init(_ guest: Guest, _ functions: [String], options: String = "") throws {
        self.guest = guest
        let devices = functions.map { "-a \($0)" }.joined(separator: " ")
        // A sleeping process holds the pipe open between commands.
        try guest.run("rm -f \(Self.input) \(Self.output); mkfifo \(Self.input)")
        try guest.start("exec sleep 100000 >\(Self.input)")
        let command =
            "testpmd -l 0-1 --in-memory --no-telemetry -m 128 \(devices) -- -i --total-num-mbufs=4096 \(options)"
        try guest.run("(_STDBUF_O=L \(command) <\(Self.input) >\(Self.output) 2>&1) &")
        // A link that comes up may be told of within the prompt.
        let event = "Port [0-9]*: link state change event"
        let prompt = "tr -d '\\n' <\(Self.output) | sed 's/\(event)//g' | grep -q 'testpmd> '"
        try eventually("testpmd's prompt\n\(log)", within: 60, every: 0.3) {
            try !isRunning || guest.attempt(prompt).succeeded
        }
        guard try isRunning else { throw GuestError("testpmd ended\n\(log)\n\(guest.evidence)") }
    }

    private var isRunning: Bool {
        get throws { try guest.attempt("pidof ld-linux-x86-64.so.2").succeeded }
    }

    /// What it printed.
    public var log: String { (try? guest.attempt("cat \(Self.output)").output) ?? "" }

    /// Runs commands one after the other and returns what they printed.
    @discardableResult
    public func callAsFunction(_ commands: String..., seconds: Int = 30) throws -> String {
        let before = try guest.run("stat -c %s \(Self.output)").filter(\.isNumber)
        let new = "tail -c +$((\(before) + 1)) \(Self.output)"
        // testpmd prints each line it reads when its turn comes, so the comment says that all before it is done.
        let script = """
            pidof ld-linux-x86-64.so.2 >/dev/null || { tail -n 20 \(Self.output); exit 1; }
            printf '%s\\n' \(commands.map { "'\($0)'" }.joined(separator: " ")) '# done' >\(Self.input)
            until \(new) | grep -q '# done'; do usleep 50000; done
            \(new)
            """
        return try guest.run(script, seconds: seconds).replacing("\r", with: "")
    }

    /// Frames that port `number` has received and sent since its counters were cleared, by the device's own counters.
    public func packets(_ number: Int) throws -> (received: Int, sent: Int) {
        let text = try self("show port stats \(number)")
        return (try value("RX-packets", in: text), try value("TX-packets", in: text))
    }

    /// An extended statistic of port `number`.
    public func statistic(_ name: String, _ number: Int) throws -> Int {
        try value(name, in: self("show port xstats \(number)"))
    }

    private func value(_ name: String, in text: String) throws -> Int {
        let found = text.split(separator: "\n").compactMap { line -> Int? in
            guard let start = line.range(of: "\(name):") else { return nil }
            return Int(line[start.upperBound...].drop { $0 == " " }.prefix { $0.isNumber })
        }
        guard let first = found.first else { throw GuestError("testpmd says nothing of \(name):\n\(text)") }
        return first
    }

    /// The address of port `number`.
    public func address(_ number: Int) throws -> String {
        let text = try self("show port info \(number)")
        guard let found = text.firstMatch(of: /MAC address: (\S+)/) else { throw GuestError("no address:\n\(text)") }
        return String(found.1).lowercased()
    }

    /// What it says of the frames it receives (`set verbose 1`, `rxonly`) while `send` runs and until `count` came, a line
    /// each. Fewer when no more come within some seconds.
    public func frames(_ count: Int, within seconds: Double = 5, _ send: () throws -> Void) throws -> [Substring] {
        let before = try guest.run("stat -c %s \(Self.output)").filter(\.isNumber)
        try send()
        let deadline = Deadline(seconds: seconds)
        while true {
            let text = try guest.run("tail -c +$((\(before) + 1)) \(Self.output)").replacing("\r", with: "")
            // The flags are on the line after.
            let lines = text.replacing("\n  ol_flags", with: " ol_flags").split(separator: "\n")
            let found = lines.filter { $0.hasPrefix("  src=") && $0.contains("ol_flags") }
            if found.count >= count || deadline.hasPassed { return found }
        }
    }

    /// Ends it without giving it a chance to tidy up.
    public func kill() throws { try end("killall -9 ld-linux-x86-64.so.2") }

    public func quit() throws { try end("echo quit >\(Self.input)") }

    /// Waits for its end, which `command` brings about.
    private func end(_ command: String) throws {
        _ = try guest.attempt("\(command); while pidof ld-linux-x86-64.so.2; do usleep 50000; done; killall sleep")
    }
}

extension GuestOptions {
    /// A guest for ``TestPMD``: huge pages, and a processor with SSE 4.2, which DPDK wants.
    public static func dpdk(_ change: (inout GuestOptions) -> Void = { _ in }) -> GuestOptions {
        .with {
            $0.name = "dpdk"
            $0.extras = [.dpdk]
            $0.memory = 1024
            $0.processor = "Nehalem"
            $0.kernelOptions = "hugepages=128"
            change(&$0)
        }
    }
}

extension Guest {
    /// Gives functions (PCI addresses) to VFIO. The emulated IOMMU does not remap interrupts, hence the option.
    /// Debian's kernels have VFIO without its mode for machines that have no IOMMU.
    public func giveToVFIO(_ functions: [String]) throws {
        try run("modprobe vfio_iommu_type1 allow_unsafe_interrupts=1; modprobe vfio-pci")
        for function in functions { try give(function, to: "vfio-pci") }
    }

    /// Gives functions (PCI addresses) to UIO: programs reach all memory with them, by physical addresses. A VF, which has
    /// no INTx, has no interrupts then.
    public func giveToUIO(_ functions: [String]) throws {
        try run("modprobe uio_pci_generic")
        for function in functions { try give(function, to: "uio_pci_generic") }
    }

    private func give(_ function: String, to driver: String) throws {
        try run(
            """
            cd /sys/bus/pci/devices/\(function)
            [ ! -e driver ] || echo \(function) >driver/unbind
            echo \(driver) >driver_override; echo \(function) >/sys/bus/pci/drivers_probe
            readlink driver | grep -q \(driver)
            """)
    }

    /// Gives a function back to the driver of Linux's that knows it.
    public func takeFromVFIO(_ function: String) throws {
        try run(
            """
            cd /sys/bus/pci/devices/\(function); echo \(function) >driver/unbind; echo >driver_override
            echo \(function) >/sys/bus/pci/drivers_probe
            """)
    }
}
