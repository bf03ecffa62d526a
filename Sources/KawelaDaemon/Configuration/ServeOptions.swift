// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Logging
import VFIOUser

/// The options of `kawela serve`; `nil` for those not given.
package struct ServeOptions: Equatable, Sendable {
    /// The port's name, where there are several.
    var name: String?
    package internal(set) var socket: String?
    package internal(set) var uplink: String?
    package internal(set) var mac: MACAddress?
    /// The file that keeps the EEPROM, if one does.
    package internal(set) var nvm: String?
    package internal(set) var rom: BootROM?
    package internal(set) var logLevel: Logger.Level?
    package internal(set) var directory: String?
    package internal(set) var pf: PhysicalFunctionOwner?
    /// Microseconds; see ``BusyPolling``.
    package internal(set) var busyPoll: Int?
    package internal(set) var guestMemory: GuestMemoryFiles?
    package internal(set) var sandbox: SandboxMode?
    /// Permission bits of the files of the functions' sockets.
    var socketMode: UInt32?
    var socketOwner: SocketOwner?
    /// Numbers of the users who may be clients.
    var allowedUsers: [UInt32]?
    /// Faults that are injected on purpose; `nil`: none, and no means to.
    var faults: Faults?
    /// Whether what a write asks for is done before it is answered.
    package internal(set) var isSynchronous: Bool?
    /// Whether drivers are watched for what they do against the datasheet.
    var watchesMisuse: Bool?
    /// The control socket.
    var control: String?
    /// The file that a trace of all that happens is written to.
    var trace: String?
    /// How many VFs there are.
    package internal(set) var vfCount: Int?
    /// What the configuration file says about VFs, the first ones or all.
    var vfs: [VFOptions] = []

    init() {}

    /// Parses the options of the command line.
    package init(
        socket: String?, uplink: String?, mac: String?, logLevel: String?, directory: String? = nil, vfs: Int? = nil,
        pf: String? = nil, nvm: String? = nil, rom: String? = nil, busyPoll: Int? = nil, guestMemory: String? = nil,
        sandbox: String? = nil, socketMode: String? = nil, socketOwner: String? = nil, allowedUsers: [Int] = [],
        faults: String? = nil, control: String? = nil, trace: String? = nil,
        watchesMisuse: Bool? = nil, isSynchronous: Bool? = nil
    ) throws(Failure) {
        do throws(InvalidSetting) {
            self.socket = socket
            self.uplink = uplink
            self.directory = directory
            if let control { self.control = try parseControlPath(control) }
            if let trace { self.trace = try parseTracePath(trace) }
            (self.isSynchronous, self.watchesMisuse) = (isSynchronous, watchesMisuse)
            if let vfs { vfCount = try parseVFCount(vfs) }
            if let pf { self.pf = try parseOwner(pf) }
            if let busyPoll { self.busyPoll = try parseBusyPoll(busyPoll) }
            if let guestMemory { self.guestMemory = try parseGuestMemory(guestMemory) }
            if let nvm { self.nvm = try parseNVMPath(nvm) }
            if let rom { self.rom = try parseROM(rom) }
            if let mac { self.mac = try MACAddress.station(mac) }
            if let logLevel { self.logLevel = try parseLogLevel(logLevel) }
            if let sandbox { self.sandbox = try parseSandbox(sandbox) }
            if let socketMode { self.socketMode = try parseSocketMode(socketMode) }
            if let socketOwner { self.socketOwner = try parseSocketOwner(socketOwner) }
            if let faults { self.faults = try parseFaults(faults) }
            if !allowedUsers.isEmpty { self.allowedUsers = try parseAllowedUsers(allowedUsers) }
        } catch {
            throw .usage(error.message)
        }
    }

    /// These options, and those of `file` that are not given here.
    package func completed(by file: ServeOptions) -> ServeOptions {
        var all = self
        all.socket = socket ?? file.socket
        all.uplink = uplink ?? file.uplink
        all.mac = mac ?? file.mac
        all.nvm = nvm ?? file.nvm
        all.rom = rom ?? file.rom
        all.logLevel = logLevel ?? file.logLevel
        all.directory = directory ?? file.directory
        all.pf = pf ?? file.pf
        all.busyPoll = busyPoll ?? file.busyPoll
        all.guestMemory = guestMemory ?? file.guestMemory
        all.sandbox = sandbox ?? file.sandbox
        all.socketMode = socketMode ?? file.socketMode
        all.socketOwner = socketOwner ?? file.socketOwner
        all.allowedUsers = allowedUsers ?? file.allowedUsers
        all.faults = faults ?? file.faults
        all.isSynchronous = isSynchronous ?? file.isSynchronous
        all.watchesMisuse = watchesMisuse ?? file.watchesMisuse
        all.control = control ?? file.control
        all.trace = trace ?? file.trace
        all.vfCount = vfCount ?? file.vfCount
        all.vfs = file.vfs
        return all
    }
}

/// Who drives the physical function.
package enum PhysicalFunctionOwner: String, Equatable, Sendable, CaseIterable {
    /// A guest, through a socket of its own.
    case guest
    /// This program: the VFs can then be given to several guests, with settings from the configuration file.
    case embedded
}

func parseOwner(_ text: String) throws(InvalidSetting) -> PhysicalFunctionOwner {
    guard let owner = PhysicalFunctionOwner(rawValue: text) else {
        throw InvalidSetting("'\(text)' cannot own the PF: use guest or embedded")
    }
    return owner
}

func parseBusyPoll(_ microseconds: Int) throws(InvalidSetting) -> Int {
    let choices = BusyPolling.choices
    guard choices.contains(microseconds) else {
        throw InvalidSetting(
            "\(microseconds) \u{B5}s of busy polling are not possible: use \(choices.lowerBound) to \(choices.upperBound)"
        )
    }
    return microseconds
}

func parseGuestMemory(_ text: String) throws(InvalidSetting) -> GuestMemoryFiles {
    guard let files = GuestMemoryFiles(rawValue: text) else {
        throw InvalidSetting("'\(text)' is no kind of guest memory: use in-memory or any-file")
    }
    return files
}

func parseNVMPath(_ path: String) throws(InvalidSetting) -> String {
    guard !path.isEmpty, !path.utf8.contains(0) else {
        throw InvalidSetting("the file of the NVM has no name: give one, which need not exist")
    }
    return path
}

func parseTracePath(_ path: String) throws(InvalidSetting) -> String {
    guard !path.isEmpty, !path.utf8.contains(0) else {
        throw InvalidSetting("the file of the trace has no name: give one, which is emptied if it exists")
    }
    return path
}

/// The 82576 has eight pools.
func parseVFCount(_ count: Int) throws(InvalidSetting) -> Int {
    guard (0...8).contains(count) else { throw InvalidSetting("\(count) VFs are not possible: use 0 to 8") }
    return count
}

package let logLevelNames = Logger.Level.allCases.map(\.rawValue)

func parseLogLevel(_ text: String) throws(InvalidSetting) -> Logger.Level {
    guard let level = Logger.Level(rawValue: text) else {
        throw InvalidSetting("'\(text)' is not a log level: use \(logLevelNames.joined(separator: ", "))")
    }
    return level
}
