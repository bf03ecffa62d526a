// SPDX-License-Identifier: Apache-2.0

import ControlProtocol

@testable import KawelaDaemon

extension Seeds {
    // MARK: control

    /// Every method by itself, what a day at the socket is like, and traces.
    static var control: [(String, [UInt8])] {
        let each = MethodDescription.all.map { method in
            (method.name, [0x2A] + request(method.name) + request(method.name, isFull: true))
        }
        return each + streams + late + lines + traces
    }

    /// An operation that asks for `method`, with all parameters or those alone that it needs.
    private static func request(_ method: String, by client: UInt8 = 0, isFull: Bool = false) -> [UInt8] {
        let index = MethodDescription.all.firstIndex { $0.name == method } ?? 0
        return [client << 6 | 1, UInt8(index), 5]
            + MethodDescription.all[index].parameters.flatMap { parameter -> [UInt8] in
                let flag: [UInt8] = parameter.isRequired ? [] : [isFull ? 1 : 0]
                return flag + (parameter.isRequired || isFull ? value(of: parameter) : [])
            }
    }

    private static func value(of parameter: MethodDescription.Parameter) -> [UInt8] {
        switch parameter.kind {
        case .boolean: [1]
        case .integer: [4, 1, 0]
        case .choice: [0]
        case .strings: [2, 0, 1]
        case .string: parameter.name == "port" ? [0] : [0, 0]
        }
    }

    /// The same, and nothing is done about it yet.
    private static func silent(_ request: [UInt8]) -> [UInt8] { [request[0] | 0x20] + request.dropFirst() }

    /// What a driver of the PF does: start, rings, frames both ways.
    private static var traffic: [UInt8] {
        let steps: [(Operation, [UInt8])] = [
            (.start, [4, 7]), (.setUpTransmit, [0, 3, 0, 0]),
            (.setUpReceive, [0, 1, 1, 2] + [UInt8](repeating: 0, count: 8)),
            (.postPacket, [0, 0, 0x14, 160, 0, 0, 0, 0, 0, 0, 0]),
            (.arrive, [1, 0, 0x14, 160, 0, 0, 0, 0, 0x14, 160, 0, 0, 0]),
            (.settle, []),
        ]
        return steps.flatMap { [14, $0.rawValue] + $1 }
    }

    /// Captures and traces with traffic, ended by themselves, by another client and with their client.
    private static var streams: [(String, [UInt8])] {
        let begin = ["capture.start", "trace.start", "subscribe"].map { ($0, request($0)) }
        return begin.flatMap { name, start -> [(String, [UInt8])] in
            let stop = request(name.hasPrefix("c") ? "capture.stop" : "trace.stop", by: 1)
            let lint = request("lint", by: 1)
            return [
                ("\(name)-traffic", [0x08] + start + traffic), ("\(name)-stopped", [0x08] + start + traffic + stop),
                ("\(name)-left", [0x04] + start + traffic + [11]),
                ("\(name)-lint", [0x08] + lint + start + traffic + [0, 30, 0, 30]),
                ("\(name)-embedded", [0x18] + start + [0, 30, 0, 30]),
            ]
        }
    }

    /// The port answers too late, or not while there is room for questions.
    private static var late: [(String, [UInt8])] {
        ["capture.start", "trace.start", "counters", "subscribe"].flatMap { name -> [(String, [UInt8])] in
            let asked = silent(request(name))
            return [
                ("\(name)-late", [0] + asked + [7, 7, 12, 8, 7, 9]),
                ("\(name)-full", [0] + request(name) + [13, 0x0B, 7, 7, 8, 7]),
                ("\(name)-refused", [0, 13] + asked + [7, 7, 9, 8, 7, 9]),
            ]
        }
    }

    private static var lines: [(String, [UInt8])] {
        let texts = [
            #"{"jsonrpc":"2.0","id":1,"method":"version"}"#, #"{"jsonrpc":"2.0","method":"link.get"}"#, "hello", "[]",
            #"{"jsonrpc":"2.0","id":[1],"method":"ports"}"#,
            #"{"jsonrpc":"2.0","id":1e300,"method":"ports","params":[]}"#,
            String(repeating: "[", count: 200), #"{"jsonrpc":"2.0","id":"\ud800","method":"a"}"#,
        ]
        let each = texts.enumerated().map { index, text in
            ("line-\(index)", [0, 5, UInt8(text.utf8.count + 1)] + Array(text.utf8) + [10])
        }
        return each + [
            ("line-long", [0, 6, 0x20, 255, 6, 0x5B, 1] + request("version")),
            ("hung-up", [0x20, 0x21, 0, 5, 10, 9]), ("unread", [0] + (0..<8).flatMap { _ in [0x21, 1, 5] as [UInt8] }),
        ]
    }

    private static var traces: [(String, [UInt8])] {
        let access: [UInt8] = [8, 20, 2, 0, 0, 0, 0, 4, 9, 4, 8, 8, 20, 0x82, 8, 0, 0, 0, 4, 9, 4, 8]
        let events = (UInt8(0)...7).flatMap { code -> [UInt8] in [code, 30, 1, 1] }
        return [
            ("trace", [3, 100, 2] + access + events), ("trace-late", [3, 100, 0x42] + events + access),
            ("trace-line", [3, 10, 0, 15, 2, 123, 125] + access),
            ("trace-raw", [7, 3] + Array("{\"kawela-trace\":1}\n".utf8)),
            ("trace-empty", [7]),
        ]
    }
}
