// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostSystem
import SystemPackage

/// Rights to what is below a path.
struct PathRights: OptionSet {
    let rawValue: UInt64

    static let readFiles = PathRights(rawValue: KW_PATH_READ_FILES)
    static let writeFiles = PathRights(rawValue: KW_PATH_WRITE_FILES)
    static let removeFiles = PathRights(rawValue: KW_PATH_REMOVE_FILES)
    static let controlDevices = PathRights(rawValue: KW_PATH_CONTROL_DEVICES)
}

/// A set of Landlock's rules, for threads to confine themselves to.
final class PathRuleset: @unchecked Sendable {
    private let file: Descriptor
    private let version: Int32

    /// The version of Landlock that this kernel has; `nil` when it has none.
    static let kernelVersion: Int32? = {
        let version = kw_landlock_version()
        return version > 0 ? version : nil
    }()

    /// A set that denies everything `version` knows.
    init(version: Int32) throws(Errno) {
        self.version = version
        file = try Descriptor(result: kw_landlock_create(version))
    }

    func allow(_ rights: PathRights, below path: String) throws(Errno) {
        // SAFETY: the string is a valid C string during the call.
        if unsafe kw_landlock_allow(file.number, version, path, rights.rawValue) < 0 { throw .last }
    }

    /// Leaves connecting by TCP to a port of any host.
    func allowConnecting(to port: UInt16) throws(Errno) {
        if kw_landlock_allow_connecting(file.number, version, port) < 0 { throw .last }
    }

    /// Confines the calling thread and those it starts from then on.
    func restrictThread() throws(Errno) {
        if kw_landlock_restrict(file.number) < 0 { throw .last }
    }
}

/// Whether this kernel filters system calls.
func hasCallFilters() -> Bool { kw_has_filters() }

/// Filters the system calls of the calling thread and of those it starts from then on.
func filterCalls(_ rows: [kw_call_row], _ others: kw_call_defaults) throws(Errno) {
    var others = others
    // SAFETY: `rows` and `others` are valid during the call.
    let result = unsafe rows.withUnsafeBufferPointer { rows in
        unsafe kw_filter_calls(rows.baseAddress, rows.count, &others)
    }
    if result < 0 { throw .last }
}

/// The requests of ioctl(2) that uplinks make of interfaces.
func interfaceRequests() -> [UInt32] {
    var requests = [UInt32](repeating: 0, count: 16)
    // SAFETY: at most `count` requests are written.
    let count = unsafe kw_interface_requests(&requests, requests.count)
    return Array(requests.prefix(count))
}

/// The requests of ioctl(2) by which the kernel's vhost-net, once it is open, gets other queues.
func vhostNetRequests() -> [UInt32] {
    var requests = [UInt32](repeating: 0, count: 16)
    // SAFETY: at most `count` requests are written.
    let count = unsafe kw_vhost_requests(&requests, requests.count)
    return Array(requests.prefix(count))
}

/// Gives up the calling thread's capabilities and the way to get others by starting a program.
func dropPrivileges() throws(Errno) {
    if kw_no_new_privileges() < 0 || kw_drop_capabilities() < 0 { throw .last }
}

/// Standard input, output and error stay open to a program that would be started; there is none.
func closeDescriptorsOnExec() { kw_close_on_exec_from(3) }

/// Whether standard output or error is a regular file, so that writing the log makes it longer.
func isLogInFile() -> Bool {
    [STDOUT_FILENO, STDERR_FILENO].contains { descriptor in
        var status = stat()
        // SAFETY: `status` outlives the call.
        return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}

/// Sets a limit of this process for good. A limit that is lower already stays.
func limit(_ resource: __rlimit_resource, to value: UInt) {
    let resource = __rlimit_resource_t(resource.rawValue)
    var limit = rlimit()
    // SAFETY: `limit` outlives both calls.
    guard unsafe getrlimit(resource, &limit) == 0 else { return }
    limit.rlim_cur = min(limit.rlim_cur, value)
    limit.rlim_max = min(limit.rlim_max, value)
    _ = unsafe setrlimit(resource, &limit)
}
