import Glibc

/// The C library's description of an errno value.
func text(of errno: CInt) -> String {
    // SAFETY: strerror never returns null; the text is copied before another call can change it.
    unsafe String(cString: strerror(errno))
}
