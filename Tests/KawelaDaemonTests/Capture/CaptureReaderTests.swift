// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaTestSupport
import Testing

@testable import KawelaDaemon

/// Programs that read captures, where Scripts/packages and Scripts/python-packages have installed them. In CI they have to be
/// there.
private enum Reader {
    static let tshark = "/usr/bin/tshark"

    /// The Python that has python-pcapng, as Scripts/environment noted it.
    static var python: String? {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../.build/environment")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").first { $0.hasPrefix("python=") }.map { String($0.dropFirst(7)) }
    }

    static var hasTshark: Bool { isExpected || FileManager.default.isExecutableFile(atPath: tshark) }
    static var hasPython: Bool { isExpected || python.map(FileManager.default.isExecutableFile) == true }
    private static var isExpected: Bool { ProcessInfo.processInfo.environment["CI"] == "true" }

    static func run(_ program: String, _ arguments: [String]) throws -> [String] {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(program) \(arguments.joined(separator: " "))")
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
}

@Suite("A capture of frames between VFs, read by") struct CaptureReaderTests {
    private let folder: Folder
    private var file: String { folder.path + "/frames.pcapng" }

    /// VF 0 sends to VF 1 and to the wire, VF 2 pretends to be VF 0, and a frame for VF 2 arrives.
    init() throws {
        folder = try Folder()
        let bench = VFBench()
        let tap = try CaptureTap(CaptureTap.Settings(filter: .everything, virtualFunctions: 3))
        #expect(bench.hub.add(tap))
        bench.send(from: 0, to: 1)
        bench.send(from: 0, to: 9)
        bench.send(from: 2, to: 1, as: 0)
        bench.driver.arrive(VFBench.frame(from: 9, to: 2))
        bench.hub.remove(tap)
        try Data(tap.take()).write(to: URL(filePath: folder.path + "/frames.pcapng"))
    }

    /// Interface, direction (1 in, 2 out), destination, the start of the comment.
    private static let expected: [(interface: String, direction: Int, destination: Int, comment: String)] = [
        ("vf0", 2, 1, "sent by vf0 queue 0, pool 0"),
        ("vf1", 1, 1, "received by vf1 queue 0, pool 1, from pool 0; queue by its pool"),
        ("vf0", 2, 9, "sent by vf0 queue 0, pool 0"),
        ("wire", 2, 9, "left, sent by vf0 queue 0, pool 0"),
        ("vf2", 2, 1, "dropped: source address or VLAN is not the pool's (switch_spoofed), vf2 queue 0, pool 2"),
        ("wire", 1, 2, "arrived"),
        ("vf2", 1, 2, "received by vf2 queue 0, pool 2; queue by its pool"),
    ]

    private static let lines = expected.map { frame in
        let address = "02:00:00:00:00:a\(String(frame.destination, radix: 16))"
        return "\(frame.interface)|\(frame.direction)|\(address)|64|\(frame.comment)"
    }

    @Test("tshark, has interfaces by name, directions and comments", .enabled(if: Reader.hasTshark, "no tshark"))
    func tshark() throws {
        let fields = ["frame.interface_name", "frame.packet_flags_direction", "eth.dst", "frame.len", "frame.comment"]
        let lines = try Reader.run(
            Reader.tshark,
            ["-r", file, "-T", "fields", "-E", "separator=|"] + fields.flatMap { ["-e", $0] })
        #expect(lines.map { $0.replacing("0x00000001", with: "1").replacing("0x00000002", with: "2") } == Self.lines)
    }

    /// Prints a line for each frame, as ``lines``, and one for each statistics block.
    private static let script = """
        import sys
        from pcapng import FileScanner
        from pcapng.blocks import EnhancedPacket, InterfaceStatistics
        for block in FileScanner(open(sys.argv[1], "rb")):
            if isinstance(block, EnhancedPacket):
                options = block.options
                way = {"inbound": 1, "outbound": 2}[options["epb_flags"].inout]
                address = ":".join("%02x" % byte for byte in block.packet_data[:6])
                name = block.interface.options["if_name"]
                print(name, way, address, block.packet_len, options["opt_comment"], sep="|")
            elif isinstance(block, InterfaceStatistics):
                options = block.options
                print(block.interface.options["if_name"], options["isb_ifrecv"], options["isb_ifdrop"])
        """

    @Test("python-pcapng, has the same, and its statistics", .enabled(if: Reader.hasPython, "no python-pcapng"))
    func python() throws {
        let lines = try Reader.run(try #require(Reader.python), ["-c", Self.script, file])
        #expect(Array(lines.prefix(Self.lines.count)) == Self.lines)
        #expect(
            Array(lines.dropFirst(Self.lines.count)) == ["wire 2 0", "pf 0 0", "vf0 2 0", "vf1 1 0", "vf2 2 1"])
    }
}
