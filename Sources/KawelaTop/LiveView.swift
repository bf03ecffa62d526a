// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Glibc
import HostSystem
import SystemPackage

/// `kawela top` in a terminal: until a key or a signal asks for the end, or the server ends.
final class LiveView {
    private let terminal: Terminal
    private let signals: Signals
    private let feed: Feed
    private let update: ScreenUpdate
    private let glyphs: Glyphs
    private var model: Model
    /// To be selected once ports are known.
    private var wantedPort: String?
    private var size: ScreenSize
    /// What stands in the terminal; `nil` when that is not known.
    private var drawn: Screen?

    init(_ options: TopOptions) throws(TopFailure) {
        let environment = Environment()
        update = ScreenUpdate(hasColour: environment.hasColour)
        glyphs = environment.glyphs
        model = Model(interval: options.interval, view: options.view)
        wantedPort = options.port
        do throws(Errno) {
            // Before the feed's thread starts: it takes over what is blocked.
            signals = try Signals([SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP])
            feed = try Feed(interval: options.interval)
            terminal = try Terminal()
        } catch { throw error == .inappropriateIOCTLForDevice ? .noTerminal : .system(error) }
        size = terminal.size
    }

    /// Gives the terminal back in any case.
    func run(path: String) throws(TopFailure) {
        defer { terminal.close() }
        do throws(Errno) { try feed.start(path: path) } catch { throw .system(error) }
        defer { feed.stop() }
        repeat {
            feed.count(model.countedPort)
            try draw()
        } while try turn()
    }

    /// Waits for something and handles it. False at the end.
    private func turn() throws(TopFailure) -> Bool {
        var polls = PollSet()
        for descriptor in [terminal.descriptor, signals.descriptor, feed.descriptor] { polls.add(descriptor) }
        do throws(Errno) { try polls.wait(nanoseconds: nil) } catch { throw .system(error) }
        if !polls.readiness(at: 2).isEmpty { try take(feed.takeNews()) }
        let goesOn = handleSignals()
        return goesOn && (polls.readiness(at: 0).isEmpty || handleKeys())
    }

    private func take(_ news: Feed.News) throws(TopFailure) {
        model.refusal = news.refusal
        if let failure = news.failure { throw .server(failure) }
        for snapshot in news.snapshots { model.take(snapshot) }
        guard let name = wantedPort, !news.snapshots.isEmpty else { return }
        try model.requirePort(name)
        wantedPort = nil
    }

    private func handleSignals() -> Bool {
        while let signal = signals.next() {
            switch signal {
            case SIGWINCH: (size, drawn) = (terminal.size, nil)
            // In raw mode the keyboard does not stop programs; from elsewhere it would leave the terminal as it is.
            case SIGTSTP: continue
            default: return false
            }
        }
        return true
    }

    private func handleKeys() -> Bool {
        guard let bytes = terminal.read() else { return false }
        return Key.keys(in: bytes).allSatisfy { model.handle($0) }
    }

    private func draw() throws(TopFailure) {
        let screen = Page.draw(model, size, glyphs: glyphs)
        guard screen != drawn else { return }
        do throws(Errno) { try terminal.write(update.commands(from: drawn, to: screen)) } catch { throw .system(error) }
        drawn = screen
    }
}

extension Model {
    /// Shows the port `name`.
    mutating func requirePort(_ name: String) throws(TopFailure) {
        guard select(port: name) else { throw .noPort(name, known: shown.ports.map(\.name)) }
    }
}
