// SPDX-License-Identifier: Apache-2.0

import ControlProtocol

@testable import KawelaDaemon

/// What clients of the control socket ask while a port works, and what somebody replays that calls itself a trace.
///
/// The first byte chooses which.
func runControl(_ input: Input) {
    var input = input
    let shape = input.byte()
    if shape & 3 == 3 { return runReplay(&input, isRaw: shape & 4 != 0) }
    var script = ControlScript(input, shape)
    script.run()
}

/// Clients, the control socket's thread, the port's thread and the port's drivers, one after the other as the input says.
private struct ControlScript {
    private var script: Script
    private let control: ControlBench
    private var peers: [ControlPeer] = []
    private var requests = RequestRecipe()

    init(_ input: Input, _ shape: UInt8) {
        control = ControlBench(
            virtualFunctions: Int(shape >> 2 & 3), isEmbedded: shape & 0x10 != 0, isNamed: shape & 0x20 != 0)
        script = Script(input, control.bench)
    }

    mutating func run() {
        for _ in 0..<Script.longest where !script.input.isAtEnd && !control.bench.isExhausted { step() }
        settle()
        for peer in peers {
            peer.checkIsAnswered()
            peer.close()
        }
        control.restore()
        control.bench.finish()
    }

    /// The operation in the low bits, the client in the highest. Bit 5 leaves a request where it is.
    private mutating func step() {
        let code = script.input.byte()
        switch code & 15 {
        case 0: control.portTurn(after: UInt64(1) << UInt64(script.input.byte() % 34))
        case 1...4: send(requests.make(&script.input, port: control.name), code)
        case 5: send(script.input.take(Int(script.input.byte())), code)
        case 6: send([UInt8](repeating: script.input.byte(), count: 512 * Int(script.input.byte())), code)
        case 7: control.turn()
        case 8: control.portTurn(after: 0)
        case 9: peer(code)?.read()
        case 10: peer(code)?.hangUp()
        case 11: leave(code)
        case 12: control.endPatience()
        case 13: control.crowd()
        default: script.step()
        }
    }

    private mutating func send(_ bytes: [UInt8], _ code: UInt8) {
        guard let peer = peer(code) else { return }
        peer.send(bytes)
        if code & 0x20 == 0 { exchange() }
    }

    /// The client of this number, or a new one.
    private mutating func peer(_ code: UInt8) -> ControlPeer? {
        let number = Int(code >> 6)
        if number < peers.count { return peers[number] }
        guard let peer = control.connect() else { return nil }
        peers.append(peer)
        return peer
    }

    private mutating func leave(_ code: UInt8) {
        let number = Int(code >> 6)
        guard number < peers.count else { return }
        peers.remove(at: number).close()
    }

    /// Each thread takes a turn or two.
    private func exchange() {
        control.turn()
        control.turn()
        control.portTurn(after: 1_000_000)
        control.turn()
        for peer in peers { peer.read() }
    }

    /// Until nothing is asked any more, and all that the port has said is here.
    private func settle() {
        var rounds = 0
        func count() {
            rounds += 1
            require(rounds < 4000, "the control socket does not come to rest")
        }
        repeat {
            exchange()
            count()
        } while peers.contains { !$0.isAnswered }
        repeat {
            for _ in 0..<3 { control.turn() }
            for peer in peers { peer.read() }
            count()
        } while peers.contains { $0.isActive }
    }
}
