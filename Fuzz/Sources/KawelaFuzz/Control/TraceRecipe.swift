// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Intel82576

@testable import KawelaDaemon

/// Replays a trace made of an input: its bytes as they are, or events built of them, in which lines may be replaced.
func runReplay(_ input: inout Input, isRaw: Bool) {
    let chunk = input.number(below: 256) + 1
    guard !isRaw else { return checkReplay(TraceFile(input.rest(), chunk: chunk)) }
    var recipe = TraceRecipe(&input)
    recipe.build(&input)
    let file = TraceFile(Array(recipe.lines.joined(separator: "\n").utf8), chunk: chunk)
    if recipe.isWhole { checkRead(file, recipe.events) }
    checkReplay(file)
}

private func checkRead(_ file: TraceFile, _ events: [TraceEvent]) {
    do {
        require(try file.read().events == events, "a trace is read otherwise than it was written")
    } catch { violated("a trace is not read: \(error)") }
}

/// A replay ends with a report, or says what is wrong with the file.
private func checkReplay(_ file: TraceFile) {
    do throws(Failure) {
        let report = try replay(file.lines, from: "trace")
        require(!report.text.isEmpty, "a replay without a word")
        let json = try? JSONValue(parsing: Array(report.json.utf8))
        require(json?["difference-count"]?.integer == report.differenceCount, "a report is no JSON: \(report.json)")
        let reads = report.equalReads + report.toleratedReads.values.reduce(0, +)
        require(
            reads + report.skipped <= report.events, "\(reads) reads and \(report.skipped) skipped of \(report.events)")
        require(
            report.equalInterrupts <= min(report.interrupts, report.interruptsInTrace),
            "\(report.equalInterrupts) interrupts are equal of \(report.interruptsInTrace) and \(report.interrupts)")
    } catch {
        require(!error.message.isEmpty, "a trace is refused without a word")
    }
}

/// Events of a port, as `kawela trace` writes them.
private struct TraceRecipe {
    private(set) var lines: [String]
    private(set) var events: [TraceEvent] = []
    /// Every line is as it was written.
    private(set) var isWhole = true
    private var json: TraceJSON
    private var time: UInt64 = 1_000_000_000
    private let functions: Int

    init(_ input: inout Input) {
        let shape = input.byte()
        functions = 1 + Int(shape & 3)
        var configuration = Port.Configuration(
            nvm: NVMImage(macAddress: Bench.address(of: 0)), keepsNVM: shape & 4 != 0, virtualFunctions: functions - 1)
        configuration.isSynchronous = shape & 8 != 0
        json = TraceJSON(
            TraceHeader(
                name: shape & 0x10 != 0 ? "a" : nil, time: time, configuration: configuration,
                hasCarrier: shape & 0x20 != 0, isFromStart: shape & 0x40 == 0))
        lines = [json.headerLine]
    }

    mutating func build(_ input: inout Input) {
        while !input.isAtEnd, events.count < 200 {
            let code = input.byte()
            if code & 15 == 15 {
                lines.append(String(decoding: input.take(Int(input.byte())), as: UTF8.self))
                isWhole = false
            } else {
                time &+= UInt64(1) << UInt64(input.byte() % 34)
                append(kind(code & 15, Int(code >> 4) % functions, &input))
            }
        }
    }

    private mutating func append(_ kind: TraceEvent.Kind) {
        let event = TraceEvent(time: time, kind: kind)
        events.append(event)
        lines.append(json.line(event))
    }

    private func kind(_ code: UInt8, _ function: Int, _ input: inout Input) -> TraceEvent.Kind {
        switch code {
        case 0: .interrupt(.msix(vector: Int(input.byte())), function: function)
        case 1: .interrupt(input.flag() ? .msi : .intx(isAsserted: input.flag()), function: function)
        case 2: .reset(function == 0 ? .port(input.flag() ? .software : .powerOn) : .virtualFunction(function - 1))
        case 3: .port(.clientReset(function: function))
        case 4: .port(.clientLeft(function: function))
        case 5: .port(.carrier(isUp: input.flag()))
        case 6: .port(.timer)
        case 7: .lost(Int(input.byte()))
        default: .access(access(function, &input))
        }
    }

    private func access(_ function: Int, _ input: inout Input) -> FunctionAccess {
        let code = input.byte()
        let spaces: [FunctionAccess.Space] = [.bar(0), .configuration, .bar(2), .bar(3), .bar(1)]
        let wanted = spaces[Int(code >> 3 & 15) % spaces.count]
        let space = wanted.size(of: function) > 0 ? wanted : .bar(0)
        let width = min(1 << Int(code & 3), space == .configuration ? 4 : 8)
        let offset = Int(input.value32()) % space.size(of: function) & ~(width - 1)
        let value =
            (UInt64(input.registerValue()) << 32 | UInt64(input.registerValue())) & UInt64.max >> UInt64(64 - 8 * width)
        return code & 0x80 == 0
            ? .write(function, space, offset, width, value) : .read(function, space, offset, width, value)
    }
}
