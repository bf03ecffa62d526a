import Glibc
import HostSystem
import SystemPackage

/// An owned file descriptor: closed when the value dies or ``close()`` is called. -1 when there is none.
struct Descriptor: ~Copyable {
    private(set) var raw: CInt
    private let closer: Closer?

    /// - Parameter closer: closes it, in another thread. To be given for a socket, in which files may wait that a peer sent.
    init(_ raw: CInt = -1, closer: Closer? = nil) { (self.raw, self.closer) = (raw, closer) }

    deinit { Self.close(raw, closer) }

    var isOpen: Bool { raw >= 0 }

    mutating func close() {
        Self.close(raw, closer)
        raw = -1
    }

    /// Moves the descriptor out and leaves none.
    mutating func take() -> Descriptor {
        let taken = Descriptor(raw, closer: closer)
        raw = -1
        return taken
    }

    private static func close(_ raw: CInt, _ closer: Closer?) {
        guard raw >= 0 else { return }
        if let closer { closer.close(raw) } else { _ = Glibc.close(raw) }
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
