// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// A peer in a namespace of its own, and a card whose uplink is the peer's TAP interface, served by an installed `kawela`:
/// `bin/kawela`, with its boot ROM in `share/kawela`.
struct BootBench {
    let run: Run
    let peer: Namespace
    let server: ChildProcess
    private let card: NetworkCard

    /// - Parameter options: more options of `kawela serve`.
    init(_ options: [String] = []) throws {
        run = try Run()
        peer = try Namespace(in: run)
        let (program, folder) = (try Self.install(in: run), run.path("sockets"))
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let mac = "52:54:00:82:57:06"
        let command = [
            program, "serve", "--socket", "\(folder)/pf.sock", "--uplink", "tap:\(Namespace.tap)", "--mac", mac,
        ]
        let server = try peer.start(command + Artifacts.addedOptions + options, name: "kawela")
        try eventually("kawela makes its socket\n\(server.tail())", within: 10) {
            FileManager.default.fileExists(atPath: "\(folder)/pf.sock")
        }
        self.server = server
        card = NetworkCard(servedIn: folder, mac: mac, vfs: 0)
    }

    private static func install(in run: Run) throws -> String {
        let files = FileManager.default
        for folder in ["bin", "share/kawela"] {
            try files.createDirectory(atPath: run.path(folder), withIntermediateDirectories: true)
        }
        try files.copyItem(atPath: try Artifacts.kawela(), toPath: run.path("bin/kawela"))
        try files.copyItem(atPath: try bootROM(in: run), toPath: run.path("share/kawela/kawela.rom"))
        return run.path("bin/kawela")
    }

    /// Starts a guest that has no kernel, only `firmware`.
    /// - Parameters:
    ///   - properties: of the card's device in QEMU.
    ///   - arguments: what else QEMU gets.
    func start(
        _ firmware: BootFirmware, _ options: GuestOptions, properties: [String: String] = [:], arguments: [String] = []
    ) throws -> Guest {
        var options = options
        options.firmware =
            try firmware.arguments(in: run) + arguments
            + properties.flatMap { ["-global", "\(FunctionDevice.stock.rawValue).\($0)=\($1)"] }
        return try Guest(card: card, options, in: run, namespace: peer)
    }

    func close() { run.close() }
}
