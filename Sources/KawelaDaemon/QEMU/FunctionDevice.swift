// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where packages put the plugin that gives QEMU the device type `kawela-sriov`.
package let pluginPath = "/usr/lib/kawela/kawela-sriov.so"

/// One `-device` of QEMU in its JSON form: no other form can name a socket.
struct FunctionDevice: Equatable {
    enum DeviceType: String {
        case stock = "vfio-user-pci"
        /// From the plugin in `QEMU/`.
        case plugin = "kawela-sriov"
    }

    var type: DeviceType
    var id: String
    var socket: String
    var bus: String
    /// The function's number in the slot, counted as ARI does: 8 is function 0 of the next slot without ARI.
    var function: Int?
    /// The name of the PF whose VF it is.
    var physicalFunction: String?
    /// QEMU waits until a write is answered.
    var waitsForWrites = false

    /// No blanks: a shell would split it there.
    var json: String {
        var fields = [
            ("driver", jsonString(type.rawValue)), ("id", jsonString(id)),
            ("socket", #"{"type":"unix","path":\#(jsonString(socket))}"#), ("bus", jsonString(bus)),
        ]
        if let function { fields.append(("addr", "\"0x\(function / 8).\(function % 8)\"")) }
        if let physicalFunction { fields.append(("sriov-pf", jsonString(physicalFunction))) }
        if waitsForWrites { fields.append(("x-no-posted-writes", "true")) }
        return "{" + fields.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }
}

func jsonString(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    guard let data = try? encoder.encode(text) else { return "\"\"" }
    return String(decoding: data, as: UTF8.self)
}
