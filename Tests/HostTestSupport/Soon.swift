import Glibc

/// Whether `condition` holds within some seconds.
public func isSoon(_ condition: () -> Bool) -> Bool {
    for _ in 0..<500 {
        if condition() { return true }
        usleep(10_000)
    }
    return false
}
