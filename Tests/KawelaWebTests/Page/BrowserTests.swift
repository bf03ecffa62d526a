// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import KawelaWeb

/// The page in Chromium, drawn from the sample card.
@Suite(.serialized, .enabled(if: Program.isExpected(Program.chromium), "no Chromium")) struct BrowserTests {
    private let folder = try! TemporaryFolder()

    /// What Chromium prints of the page after some seconds of its own time.
    private func browse(_ arguments: [String], block: String = "", waves: Bool = false) async throws -> String {
        let control = folder.path + "/control"
        let server = try ScriptedControlServer(path: control, card: SampleCard(), waves: waves)
        defer { server.end() }
        return try await browse(control: control, arguments, block: block)
    }

    private func browse(control: String, _ arguments: [String], block: String = "") async throws -> String {
        let service = try await RunningService(.page(control: control, at: .loopback(port: 0)))
        let all =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                "--no-first-run", "--user-data-dir=\(folder.path)/profile", "--virtual-time-budget=25000",
                "--window-size=1280,800",
            ] + arguments + ["\(service.location)#\(block)"]
        let output = try await waiting { try Program.run(Program.chromium, all).output }
        await service.stop()
        return output
    }

    @Test func theDrawingShowsRatesAndLosses() async throws {
        let page = try await browse(["--dump-dom"])
        for text in [
            "57.3k f/s", "638 Mb/s", "17/s filtered", "4 oversize", "40/s spoofed", "212/s no descriptors",
            "→ 589 Mb/s",
            "3.98k int/s", "82576, PORT LAN", "off; client waits", ">live<", "1 misuse report",
        ] {
            #expect(page.contains(text), "\(text)")
        }
        #expect(page.contains("aria-label=\"Queue 1, vf1, 9 of 256 receive buffers free, 40 descriptors to send\""))
    }

    @Test func aBlockShowsItsRegistersByField() async throws {
        let page = try await browse(["--dump-dom"], block: "queue%201")
        for text in ["RXDCTL[1]", "0x02080808", "WTHRESH", "Writes back this many at a time.", "free buffers"] {
            #expect(page.contains(text), "\(text)")
        }
    }

    @Test func aFunctionShowsItsSettings() async throws {
        let page = try await browse(["--dump-dom"], block: "vf0")
        for text in ["spoof-check", "/run/kawela/lan/vf0.sock", "52:54:00:82:57:61"] {
            #expect(page.contains(text), "\(text)")
        }
    }

    @Test func aServerThatDoesNotAnswerIsSaid() async throws {
        let page = try await browse(control: folder.path + "/none", ["--dump-dom"])
        #expect(page.contains("cannot reach a control socket at"))
        #expect(page.contains("class=\"stale\""))
    }

    /// With KAWELA_SCREENSHOTS, a folder, they are kept: `make screenshots`.
    @Test(arguments: [
        ("web-light", "", []), ("web-dark", "", ["--blink-settings=preferredColorScheme=0"]),
        ("web-registers", "queue%201", []),
    ])
    func screenshotsAreNotBlank(_ name: String, block: String, arguments: [String]) async throws {
        let kept = ProcessInfo.processInfo.environment["KAWELA_SCREENSHOTS"]
        let file = "\(kept ?? folder.path)/\(name).png"
        _ = try await browse(arguments + ["--screenshot=\(file)"], block: block, waves: true)
        let picture = try Data(contentsOf: URL(filePath: file))
        #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        // A blank page of this size takes 5 KB.
        #expect(picture.count > 40_000)
    }
}
