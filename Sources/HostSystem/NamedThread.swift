// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import SystemPackage

/// A thread with a name that tools show (`top -H`, `ps -L`). It takes no signals when its maker does not.
package final class NamedThread {
    private let thread: pthread_t

    /// Runs `body` once.
    package init(name: String, _ body: @escaping @Sendable () -> Void) throws(Errno) {
        let work = Work(name: name, body: body)
        var thread = pthread_t()
        // SAFETY: the reference that `passRetained` takes is given back by the thread, or below when there is none; the
        // thread's number is a local.
        let argument = unsafe Unmanaged.passRetained(work).toOpaque()
        let code = unsafe pthread_create(&thread, nil, runWork, argument)
        guard code == 0 else {
            unsafe Unmanaged<Work>.fromOpaque(argument).release()
            throw Errno(rawValue: code)
        }
        self.thread = thread
    }

    /// Waits for its end. Call it once, and not after ``detach()``.
    package func join() { pthread_join(thread, nil) }

    /// Leaves it to itself.
    package func detach() { pthread_detach(thread) }
}

private final class Work: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) { (self.name, self.body) = (name, body) }

    func run() {
        // SAFETY: the name is a valid C string during the call.
        unsafe kw_name_thread(name)
        body()
    }
}

private func runWork(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    // SAFETY: `argument` is the reference that NamedThread.init took, given back here.
    if let argument = unsafe argument { unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
    return nil
}
