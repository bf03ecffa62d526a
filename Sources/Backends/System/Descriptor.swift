import Glibc
import SystemPackage

/// An owned file descriptor: closed when the value dies or ``close()`` is called. -1 when there is none.
struct Descriptor: ~Copyable {
    private(set) var raw: CInt

    init(_ raw: CInt = -1) { self.raw = raw }

    deinit {
        if raw >= 0 { _ = Glibc.close(raw) }
    }

    var isOpen: Bool { raw >= 0 }

    mutating func close() {
        if raw >= 0 { _ = Glibc.close(raw) }
        raw = -1
    }

    /// Moves the descriptor out and leaves none.
    mutating func take() -> Descriptor {
        let taken = Descriptor(raw)
        raw = -1
        return taken
    }
}

/// How a call that moves bytes or messages ended.
enum Transfer: Equatable {
    case moved(Int)
    case wouldBlock
    case failed(Errno)

    /// Makes a system call, again when a signal interrupts it.
    @inline(__always)
    static func result(of call: () -> Int) -> Transfer {
        while true {
            let moved = call()
            if moved >= 0 { return .moved(moved) }
            switch Errno(rawValue: errno) {
            case .interrupted: continue
            case .resourceTemporarilyUnavailable: return .wouldBlock
            case let error: return .failed(error)
            }
        }
    }
}
