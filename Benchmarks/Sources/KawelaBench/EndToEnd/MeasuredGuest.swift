// SPDX-License-Identifier: Apache-2.0

import CBench
import Foundation
import KawelaGuest

/// A guest with a card's physical function and two VFs, and what its drivers get out of them.
final class MeasuredGuest {
    let bench: Bench
    private let guest: Guest
    private let contestant: Contestant
    private let translation: Translation
    private var vfs: [Station] = []
    private var testpmd: TestPMD?
    private var isEchoing = false
    private static let echoPort = 7007

    init(_ contestant: Contestant, _ translation: Translation) throws {
        (self.contestant, self.translation) = (contestant, translation)
        bench = try Bench(contestant.nic, vfs: 2)
        guest = try bench.start(translation.options)
    }

    deinit { bench.close() }

    func waitUntilReady() throws { try guest.waitUntilReady(seconds: 240) }

    // MARK: Phases

    /// Gives both kinds of functions their drivers and addresses.
    func prepareLinux() throws {
        try guest.bringUpLink(seconds: 30)
        vfs = try guest.isolateVFs(2)
        guard !isEchoing else { return }
        isEchoing = true
        try startEcho()
        try guest.run("modprobe pktgen")
        for station in [guest.station()] + vfs { try station.start("/tmp/echo \(Self.echoPort)") }
    }

    /// The echo program comes over the network: the guest image knows nothing of benchmarks.
    private func startEcho() throws {
        let program = bench.run.path("echo")
        let source = Artifacts.repository + "/Benchmarks/Sources/Echo/echo.c"
        try bench.run.execute(["cc", "-O2", "-static", "-o", program, source])
        let port = Station.freePort()
        let serve = ["busybox", "httpd", "-f", "-p", "\(port)", "-h", bench.run.folder]
        _ = try bench.peer.start(serve, name: "httpd-\(port)")
        let fetch = "wget -q -O /tmp/echo http://\(Namespace.address):\(port)/echo"
        try guest.run("until \(fetch); do sleep 0.2; done; chmod +x /tmp/echo", seconds: 60)
    }

    /// Gives a function to DPDK. The physical function takes the VFs with it, so it is the last.
    func prepareTestPMD(_ function: GuestRow.Function) throws {
        try testpmd?.quit()
        if function == .vf {
            try prepareLinuxVFs()
        } else {
            try guest.run("echo 0 >\(Self.pf)/sriov_numvfs", seconds: 60)
        }
        let folder = function == .pf ? Self.pf : guest.vfDevice(0)
        let address = try guest.run("basename $(readlink -f \(folder))").trimmingCharacters(in: .whitespacesAndNewlines)
        if translation == .none { try guest.giveToUIO([address]) } else { try guest.giveToVFIO([address]) }
        testpmd = try TestPMD(guest, [address])
    }

    private static let pf = "/sys/class/net/\(Guest.interface)/device"

    private func prepareLinuxVFs() throws {
        guard vfs.isEmpty else { return }
        try guest.bringUpLink(seconds: 30)
        vfs = try guest.isolateVFs(2)
    }

    // MARK: Measuring

    /// One value for each row of the measurement.
    func measure(_ measurement: Measurement, _ function: GuestRow.Function) throws -> [Double] {
        switch measurement {
        case .bringUp: try bringUp()
        case .enableVFs: try enableVFs()
        case .burst1: [try pktgen(function, burst: 1)]
        case .burst32: [try pktgen(function, burst: 32)]
        case .udp: try roundTrips(function, byTCP: false)
        case .tcp: try roundTrips(function, byTCP: true)
        case .streamOut: [try station(function).send(to: bench.outside, seconds: 2).bitsPerSecond / 1e6]
        case .streamIn: [try bench.outside.send(to: station(function), seconds: 2).bitsPerSecond / 1e6]
        case .betweenVFs: [try vfs[0].send(to: vfs[1], seconds: 2).bitsPerSecond / 1e6]
        case .transmitOnly: [try forwarding("txonly", "Tx-pps", isFlooded: false)]
        case .receiveOnly: [try forwarding("rxonly", "Rx-pps", isFlooded: true)]
        case .forward: [try forwarding(function.forwarding, "Tx-pps", isFlooded: true)]
        }
    }

    private func station(_ function: GuestRow.Function) -> Station { function == .pf ? guest.station() : vfs[0] }

    private func bringUp() throws -> [Double] {
        try guest.run("rmmod igb 2>/dev/null; true")
        return try timeAndMessages("modprobe igb; ip link set eth0 up; \(Self.waitForLink)")
    }

    /// igb resets the card when VFs are enabled, so igbvf comes after that.
    private func enableVFs() throws -> [Double] {
        let reset = "modprobe igb; ip link set eth0 up; rmmod igbvf 2>/dev/null; echo 0 >\(Self.pf)/sriov_numvfs"
        try guest.run("\(reset); \(Self.waitForLink)", seconds: 60)
        return try timeAndMessages(
            """
            cd \(Self.pf); echo 2 >sriov_numvfs; \(Self.waitForLink); modprobe igbvf
            for n in 0 1; do until vf=$(ls virtfn$n/net) && [ "$vf" ]; do usleep 5000; done; ip link set $vf up; done
            for n in 0 1; do until grep -q 1 virtfn$n/net/*/carrier; do usleep 5000; done; done
            """)
    }

    private static let waitForLink = "until grep -q 1 /sys/class/net/eth0/carrier; do usleep 5000; done"

    /// Seconds that a script takes by the guest's clock, and messages of QEMU's to Kawela meanwhile.
    private func timeAndMessages(_ script: String) throws -> [Double] {
        let timed = """
            exec 2>/dev/null; read start rest </proc/uptime
            \(script)
            read end rest </proc/uptime; echo $start $end
            """
        var output = ""
        let messages = try guest.machine.messages { output = try guest.run(timed, seconds: 60) }
        let times = output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        guard times.count == 2 else { throw BenchError("no times: \(output)") }
        return [times[1] - times[0], Double(messages)]
    }

    /// Thousands of frames a second that Linux's generator sends.
    private func pktgen(_ function: GuestRow.Function, burst: Int) throws -> Double {
        let interface = function == .pf ? Guest.interface : "nic0"
        let script = """
            cd /proc/net/pktgen; echo rem_device_all >kpktgend_0; echo add_device \(interface) >kpktgend_0; set -e
            for setting in 'count 0' 'pkt_size 60' 'burst \(burst)' 'delay 0' 'dst 10.82.57.1' \
            'dst_mac 02:00:00:00:00:99'; do echo "$setting" >\(interface); done
            (echo start >pgctrl) & sleep 1; echo stop >pgctrl; wait; cat \(interface)
            """
        let output = try station(function).run(script, seconds: 30)
        guard let rate = output.firstMatch(of: /(\d+)pps/).flatMap({ Double($0.1) }) else {
            throw BenchError("pktgen: \(output)")
        }
        return rate / 1000
    }

    /// Microseconds: the median of 1000 round trips, and what 99 % stay below.
    private func roundTrips(_ function: GuestRow.Function, byTCP: Bool) throws -> [Double] {
        let back = cb_enter_namespace("/run/netns/\(bench.peer.name)")
        guard back >= 0 else { throw BenchError("cannot enter \(bench.peer.name)") }
        defer { cb_leave_namespace(back) }
        var times = [UInt64](repeating: 0, count: 1000)
        let address = function == .pf ? Guest.address : Guest.vfAddress(0)
        let answered = cb_round_trips(byTCP, address, CInt(Self.echoPort), CInt(times.count), &times)
        guard answered >= CInt(times.count) * 9 / 10 else {
            throw BenchError("\(answered) of \(times.count) requests answered")
        }
        let samples = Samples(times.prefix(Int(answered)).map { Double($0) / 1000 })
        return [samples.median, samples.quantile(0.99)]
    }

    /// Thousands of frames a second by testpmd's own count in a mode of forwarding.
    private func forwarding(_ mode: String, _ rate: String, isFlooded: Bool) throws -> Double {
        guard let testpmd else { throw BenchError("testpmd does not run") }
        let flood = isFlooded ? try Flood(to: testpmd.address(0), from: bench.peer) : nil
        defer { flood?.stop() }
        try testpmd("set fwd \(mode)", "start", "show port stats 0")
        sleep(1)
        let text = try testpmd("show port stats 0")
        try testpmd("stop")
        guard let found = text.range(of: "\(rate):"),
            let value = Double(text[found.upperBound...].drop { $0 == " " }.prefix { $0.isNumber })
        else { throw BenchError("testpmd: \(text)") }
        return value / 1000
    }
}

extension Machine {
    /// How many messages QEMU sends by vfio-user while `body` runs.
    func messages(during body: () throws -> Void) throws -> Int {
        let event = "vfio_user_send_write"
        let log = URL(filePath: process.log)
        let before = try Data(contentsOf: log).count
        try qmp.execute("trace-event-set-state", ["name": event, "enable": true])
        try body()
        try qmp.execute("trace-event-set-state", ["name": event, "enable": false])
        let new = try Data(contentsOf: log).dropFirst(before)
        return String(decoding: new, as: UTF8.self).components(separatedBy: event).count - 1
    }
}
