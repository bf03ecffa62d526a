// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The number of the user `name`; `nil` when there is none.
func userNumber(_ name: String) -> UInt32? {
    // SAFETY: the string is a valid C string during the call; the result, if there is one, is read before the next call.
    unsafe getpwnam(name).map { unsafe $0.pointee.pw_uid }
}

/// The number of the group `name`; `nil` when there is none.
func groupNumber(_ name: String) -> UInt32? {
    // SAFETY: the string is a valid C string during the call; the result, if there is one, is read before the next call.
    unsafe getgrnam(name).map { unsafe $0.pointee.gr_gid }
}
