// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The arguments that plug a served function, or a PF with its VFs, into a QEMU 10.1 or newer.
package struct QEMUArguments: Sendable {
    /// How ``text(as:)`` writes them.
    package enum Format: String, CaseIterable, Sendable {
        /// One line, for a shell to split: `qemu-system-x86_64 $(kawela qemu-args ...)`.
        case shell
        /// One argument a line.
        case lines
        /// A JSON array of strings.
        case json
    }

    /// What is plugged in.
    package enum Functions: Equatable, Sendable {
        /// One function alone: the PF, or a VF that needs no PF beside it.
        case one(socket: String)
        /// The PF and this many VFs of a directory, 1 to 8. They need the plugin, which gives QEMU the device type.
        case all(directory: String, vfs: Int)
        /// Nothing yet: a root port for a function that is plugged in later.
        case none
    }

    package var functions: Functions
    package var memory: MemorySize
    /// The device's name in QEMU; those of the root port and, for the memory, `mem` come with it.
    package var id: String
    /// The bus to plug into. `nil` makes a root port on `pcie.0`.
    package var bus: String?
    /// The machine type; `nil` leaves it to the caller.
    package var machine: String?
    /// Whether guest memory is set up: only shared memory can be reached by DMA.
    package var includesMemory: Bool
    /// Whether the guest gets an IOMMU, to give VFs to programs or guests of its own.
    package var includesIOMMU: Bool
    /// Whether QEMU waits until a write of a register is answered, for `kawela serve --synchronous`.
    package var isSynchronous = false
    /// Whether one function alone is of the plugin's type too, which can be unplugged and is not saved without its state.
    package var usesPlugin = false
    /// The root port's slot on `pcie.0`; `nil` leaves it to QEMU.
    package var portSlot: Int?

    package init(
        _ functions: Functions, memory: MemorySize, id: String, bus: String?, machine: String?, includesMemory: Bool,
        includesIOMMU: Bool = false
    ) throws(Failure) {
        self.functions = try functions.checked()
        (self.memory, self.bus, self.machine, self.includesMemory) = (memory, bus, machine, includesMemory)
        (self.id, self.includesIOMMU) = (id, includesIOMMU)
        for device in devices { try checkSocketPath(device.socket) }
        try checkName(id, of: "--id")
        if let bus { try checkName(bus, of: "--bus") }
        if let machine { try checkName(machine, of: "--machine") }
    }

    package var arguments: [String] {
        machineArguments + memoryArguments + iommuArguments + portArguments
            + devices.flatMap { ["-device", $0.json] }
    }

    /// The command of QEMU's machine protocol that plugs one function into a running machine. Without ``bus`` it goes into the
    /// root port that ``Functions/none`` makes for the same name.
    package func plugCommand() throws(Failure) -> String {
        guard devices.count == 1 else {
            throw .usage("one function can be plugged into a running machine, a PF with its VFs cannot")
        }
        return #"{"execute":"device_add","arguments":\#(devices[0].json)}"#
    }

    /// - Throws: ``Failure/usage(_:)`` when a shell would not split the text into the same arguments again.
    package func text(as format: Format) throws(Failure) -> String {
        switch format {
        case .shell:
            for device in devices { try checkShellSafety(of: device.socket) }
            return arguments.joined(separator: " ")
        case .lines: return arguments.joined(separator: "\n")
        case .json: return "[" + arguments.map(jsonString).joined(separator: ", ") + "]"
        }
    }
}

// MARK: Parts

extension QEMUArguments {
    /// QEMU merges several `-machine`, so that of the caller may stand beside this one.
    private var machineArguments: [String] {
        let settings = [machine, includesMemory ? "memory-backend=mem" : nil].compactMap { $0 }
        return settings.isEmpty ? [] : ["-machine", settings.joined(separator: ",")]
    }

    private var memoryArguments: [String] {
        guard includesMemory else { return [] }
        return ["-object", "memory-backend-memfd,id=mem,size=\(memory),share=on", "-m", "\(memory)"]
    }

    /// Programs in the guest map and unmap as they go: caching mode has the guest tell QEMU, and QEMU the NIC.
    private var iommuArguments: [String] {
        includesIOMMU ? ["-device", "intel-iommu,intremap=off,caching-mode=on"] : []
    }

    private var portArguments: [String] {
        guard bus == nil else { return [] }
        let place = portSlot.map { ",addr=0x" + String($0, radix: 16) } ?? ""
        return ["-device", "pcie-root-port,id=\(portName),bus=pcie.0,chassis=\(chassis),slot=\(slot)\(place)"]
    }

    var portName: String { "\(id)-port" }

    /// QEMU wants each pair of chassis and slot once. Names that differ in their number share a chassis, and their slots
    /// stay small, because Linux guests name interfaces after them.
    private var chassis: UInt64 { 1 + stableHash(String(id.dropLast(number.count))) % 255 }
    private var slot: Int { 1 + (Int(number) ?? 0) % 8191 }
    private var number: Substring {
        let digits = id.reversed().prefix { $0.isASCII && $0.isNumber }.count
        return id.suffix(min(digits, 9))
    }

    /// VFs come before the PF that they name.
    private var devices: [FunctionDevice] {
        let bus = bus ?? portName
        switch functions {
        case .one(let socket):
            return [
                FunctionDevice(
                    type: usesPlugin ? .plugin : .stock, id: id, socket: socket, bus: bus, waitsForWrites: isSynchronous
                )
            ]
        case .none: return []
        case .all(let directory, let vfs):
            let virtual = (0..<vfs).map { vf in
                FunctionDevice(
                    type: .plugin, id: "\(id)-vf\(vf)", socket: "\(directory)/vf\(vf).sock", bus: bus,
                    function: vf + 1, physicalFunction: id, waitsForWrites: isSynchronous)
            }
            return virtual + [
                FunctionDevice(
                    type: .plugin, id: id, socket: "\(directory)/pf.sock", bus: bus, function: 0,
                    waitsForWrites: isSynchronous)
            ]
        }
    }
}

extension QEMUArguments.Functions {
    fileprivate func checked() throws(Failure) -> Self {
        switch self {
        case .one(let socket): return .one(socket: absolutePath(socket))
        case .all(let directory, let vfs):
            guard (1...8).contains(vfs) else { throw .usage("\(vfs) VFs are not possible: use 1 to 8") }
            return .all(directory: absolutePath(directory), vfs: vfs)
        case .none: return .none
        }
    }
}

// MARK: Checks

private func checkName(_ name: String, of option: String) throws(Failure) {
    let isWord = name.utf8.allSatisfy { byte in
        isLetterOrDigit(byte) || "-._".utf8.contains(byte)
    }
    guard isWord, let first = name.first, first.isLetter else {
        throw .usage("'\(name)' cannot be \(option): use a letter, then letters, digits, '-', '.' and '_'")
    }
}

/// Room of `sockaddr_un.sun_path` without its closing zero.
private let socketPathLimit = 107

func checkSocketPath(_ path: String) throws(Failure) {
    guard path.utf8.count <= socketPathLimit else {
        throw .usage("the socket path '\(path)' is longer than \(socketPathLimit) bytes: use a shorter one")
    }
}

/// What a shell passes on unchanged without quotes, also when it is pasted rather than substituted.
private func checkShellSafety(of path: String) throws(Failure) {
    let isSafe = path.utf8.allSatisfy { isLetterOrDigit($0) || "/._-+=:@%,".utf8.contains($0) || $0 >= 0x80 }
    guard isSafe else {
        throw .usage("a shell would not take '\(path)' as one word: use --format lines or json, or a plainer path")
    }
}

func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

func absolutePath(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
}
