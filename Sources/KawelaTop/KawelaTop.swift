// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Glibc
import HostSystem
import SystemPackage

// `kawela top`: what a running `kawela serve` counts, live in a terminal. It asks over the control socket.
//
//   Source    asks; Feed does so each interval, in a thread
//   Model/    what came (Snapshot), how fast it grew (Rates), the last minute (History), and what is shown of it (Model)
//   Views/    functions from a model and a size to a screen
//   Screen/   a grid of cells, what draws one over another, tables, numbers, sparklines
//   System/   the terminal
//   LiveView  the loop that puts them together
//
// Text of the server stands on the screen as printable ASCII alone.

/// What `kawela top` is asked for.
package struct TopOptions: Sendable {
    /// The control socket.
    package var path: String
    /// Seconds from one look to the next.
    package var interval: Double
    package var view: TopView
    /// The name of the port to begin with; `nil`: the first.
    package var port: String?

    package init(path: String, interval: Double, view: TopView, port: String?) {
        (self.path, self.interval, self.view, self.port) = (path, interval, view, port)
    }
}

/// Shows it until a key or a signal asks for the end.
package func showTop(_ options: TopOptions) throws(TopFailure) {
    try LiveView(options).run(path: options.path)
}

/// What one interval brought, as text without escapes.
package func topOnce(_ options: TopOptions) throws(TopFailure) -> String {
    let signals: Signals
    do throws(Errno) { signals = try Signals([SIGINT, SIGTERM, SIGHUP]) } catch { throw .system(error) }
    var source: Source
    do throws(ControlClient.Failure) { source = try Source(path: options.path) } catch { throw .server(error) }
    var model = Model(interval: options.interval, view: options.view)
    try observe(&model, source.snapshot)
    if let name = options.port { try model.requirePort(name) }
    if let name = model.countedPort {
        try count(name, by: &source)
        // What was counted until now was not counted by sender and receiver.
        model.forget()
        try observe(&model, source.snapshot)
    }
    let isInterrupted = wait(options.interval, for: signals)
    if !isInterrupted { try observe(&model, source.snapshot) }
    model.refusal = source.refusal
    try count(nil, by: &source)
    guard !isInterrupted else { throw .interrupted }
    return text(of: model)
}

private func observe(
    _ model: inout Model, _ snapshot: () throws(ControlClient.Failure) -> Snapshot
) throws(TopFailure) {
    do throws(ControlClient.Failure) { model.take(try snapshot()) } catch { throw .server(error) }
}

private func count(_ port: String?, by source: inout Source) throws(TopFailure) {
    do throws(ControlClient.Failure) { try source.count(port) } catch { throw .server(error) }
}

/// Whether a signal asked for the end meanwhile.
private func wait(_ seconds: Double, for signals: Signals) -> Bool {
    let ready = try? readiness(of: signals.descriptor, readable: true, within: Int64(seconds * 1e9))
    return ready?.isEmpty == false
}

/// As many lines as it takes.
private func text(of model: Model) -> String {
    let size = ScreenSize(columns: Page.smallest.columns, rows: 200)
    var text = Page.draw(model, size, glyphs: Environment().glyphs, hasKeys: false).text
    while text.hasSuffix("\n\n") { text.removeLast() }
    return text
}
