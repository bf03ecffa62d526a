// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Lets this process open as many files as it ever may. Clients hold some: where the limit is near, one of them can leave
/// too few for the others. Nothing here uses select(2), for which the limit a process starts with is low.
func raiseDescriptorLimit() {
    var limit = rlimit()
    // SAFETY: `limit` outlives both calls.
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
