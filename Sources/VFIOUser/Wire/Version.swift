// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc

/// VERSION: what the client speaks, and what it can take.
struct Version {
    let major: UInt16
    let minor: UInt16
    /// Data bytes the client takes in one message.
    let transferSize: UInt64

    private struct Text: Decodable {
        struct Capabilities: Decodable {
            let transferSize: UInt64?
            let descriptors: UInt64?

            enum CodingKeys: String, CodingKey {
                case transferSize = "max_data_xfer_size"
                case descriptors = "max_msg_fds"
            }
        }
        let capabilities: Capabilities?
    }

    /// The text may be left out altogether.
    init(_ request: Request) throws(Refusal) {
        try request.require(payloadOfAtLeast: 4)
        major = request.load(UInt16.self, at: 0)
        minor = request.load(UInt16.self, at: 2)
        var text = request.bytes.bytes(at: Limits.headerSize + 4, count: min(request.payloadSize - 4, 65_536))
        if text.isEmpty {
            transferSize = 1 << 20
            return
        }
        guard text.removeLast() == 0, text.count <= Limits.versionTextSize,
            depth(of: text) <= Limits.versionTextDepth,
            let decoded = try? JSONDecoder().decode(Text.self, from: Data(text))
        else { throw Refusal(EINVAL) }
        transferSize = decoded.capabilities?.transferSize ?? 1 << 20
    }

    /// The reply's payload.
    ///
    /// QEMU refuses a reply longer than its own request, so only what differs from its defaults is named.
    /// `write_multiple` is left out although REGION_WRITE_MULTI is understood: QEMU's flag for it (0x16) overlaps the
    /// one that sends every message through its I/O thread (0x4), which costs each register access a thread switch.
    static func reply(transferSize: Int) -> [UInt8] {
        let text =
            #"{"capabilities":{"max_msg_fds":\#(Limits.descriptorsPerMessage),"#
            + #""max_data_xfer_size":\#(transferSize)}}"#
        return [0, 0, 0, 0] + Array(text.utf8) + [0]
    }
}

/// How deep brackets nest in a JSON text, which need not be valid.
func depth(of text: [UInt8]) -> Int {
    var (depth, deepest) = (0, 0)
    var (isString, isEscaped) = (false, false)
    for byte in text {
        if isString {
            if !isEscaped, byte == UInt8(ascii: "\"") { isString = false }
            isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
            continue
        }
        switch byte {
        case UInt8(ascii: "\""): isString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
        deepest = max(deepest, depth)
    }
    return deepest
}
