// SPDX-License-Identifier: Apache-2.0

// Confines itself as `kawela serve` does and then does one thing that a test asks for, as code of an attacker would:
//
//     sandbox-probe MODE THREAD FOLDER UPLINK ACTION
//
// Prints `result N`: 0, or the errno of the system call. What is not allowed at all ends the process by SIGSYS.

import CKawela
import CRawCalls
import Glibc
import HostSystem
import Logging
import Synchronization

@testable import KawelaDaemon

let arguments = CommandLine.arguments
let (mode, thread, folder, uplink, action) = (arguments[1], arguments[2], arguments[3], arguments[4], arguments[5])

func outcome(_ result: Int) -> Int { result < 0 ? -result : 0 }

func call(_ number: Int32, _ first: Int = 0, _ second: Int = 0, _ third: Int = 0, _ fourth: Int = 0) -> Int {
    outcome(raw_call(Int(number), first, second, third, fourth, -1))
}

func call(_ number: Int32, path: String, _ second: Int = 0, _ third: Int = 0) -> Int {
    outcome(path.withCString { raw_call_path(Int(number), $0, second, third) })
}

func openFile(_ path: String, _ flags: Int32) -> Int {
    let descriptor = open(path, flags | O_CLOEXEC, 0o600)
    return descriptor < 0 ? Int(errno) : 0
}

func connectAbstract() -> Int {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return Int(errno) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: [0] + Array("kawela-probe".utf8)) }
    let length = socklen_t(2 + 13)
    let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
    }
    return result < 0 ? Int(errno) : 0
}

func mapExecutable() -> Int { call(SYS_mmap, 0, 4096, Int(PROT_READ | PROT_EXEC), Int(MAP_PRIVATE | MAP_ANONYMOUS)) }

func makeExecutable() -> Int {
    guard let page = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) else { return 1 }
    return mprotect(page, 4096, PROT_READ | PROT_EXEC) < 0 ? Int(errno) : 0
}

func startThread() -> Int {
    guard let thread = try? NamedThread(name: "probe", {}) else { return Int(errno) }
    thread.join()
    return 0
}

func act() -> Int {
    switch action {
    case "open-passwd": openFile("/etc/passwd", O_RDONLY)
    case "open-configuration": openFile("\(folder)/configuration/k.json", O_RDONLY)
    case "write-configuration": openFile("\(folder)/configuration/k.json", O_WRONLY)
    case "create-file": openFile("\(folder)/sockets/new", O_WRONLY | O_CREAT)
    case "open-tun": openFile("/dev/net/tun", O_RDWR)
    case "remove-socket": unlinkFile("sockets/pf.sock")
    case "remove-outside": unlinkFile("outside/file")
    case "execute": call(SYS_execve, path: "/bin/true")
    case "inet-socket": call(SYS_socket, Int(AF_INET), Int(SOCK_STREAM.rawValue))
    case "netlink-socket": call(SYS_socket, Int(AF_NETLINK), Int(SOCK_RAW.rawValue))
    case "unix-socket": call(SYS_socket, Int(AF_UNIX), Int(SOCK_STREAM.rawValue))
    case "abstract-connection": connectAbstract()
    case "trace": call(SYS_ptrace, 0)
    case "set-user": call(SYS_setuid, 0)
    case "mount": call(SYS_mount, path: "none")
    case "bpf": call(SYS_bpf, 0)
    case "keys": call(SYS_keyctl, 0, -3)
    case "module": call(SYS_finit_module, -1)
    case "map-executable": mapExecutable()
    case "make-executable": makeExecutable()
    case "process": outcome(raw_process())
    case "thread": startThread()
    case "signal-others": call(SYS_kill, Int(getppid()), 0)
    case "limits": call(SYS_prlimit64, 0, Int(RLIMIT_NOFILE.rawValue))
    case "foreign-call": outcome(raw_foreign_call())
    case "newer-call": call(10_000)
    case "accept": call(SYS_accept4, -1) == EPERM ? Int(EPERM) : 0
    case "long-file": lengthenFile()
    default: preconditionFailure(action)
    }
}

func unlinkFile(_ name: String) -> Int { unlink("\(folder)/\(name)") < 0 ? Int(errno) : 0 }

/// A file of a megabyte, open since before the sandbox.
let longFile = open("\(folder)/long", O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0o600)
precondition(ftruncate(longFile, 1 << 20) == 0)
func lengthenFile() -> Int { write(longFile, "more", 4) < 0 ? Int(errno) : 0 }

let log = Logger(label: "probe") { _ in ShortLog(level: .warning) }
let plan = try ServePlan(ServeOptions(socket: "\(folder)/sockets/pf.sock", uplink: uplink, mac: nil, logLevel: nil))
let profile = SandboxProfile([plan], configuration: "\(folder)/configuration/k.json")
let sandbox = Sandbox(profile, mode: SandboxMode(rawValue: mode)!, log: log)
sandbox.enterProcess()

let result = Atomic(-1)
func run(in thread: @escaping @Sendable () -> Void) throws {
    try NamedThread(name: "probe") {
        thread()
        result.store(act(), ordering: .relaxed)
    }.join()
}

switch thread {
case "port": try run { sandbox.enterPort(0) }
case "close":
    try run {
        sandbox.enterPort(0)
        Closer.preparation.withLock { $0 }?()
    }
default:
    sandbox.enterMain()
    result.store(act(), ordering: .relaxed)
}
print("result \(result.load(ordering: .relaxed))")
