// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import KawelaDaemon

@Suite("The limit of open files") struct DescriptorLimitTests {
    @Test("is raised to what the process may have")
    func raised() {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        getrlimit(resource, &limit)
        limit.rlim_cur = min(limit.rlim_max / 2, 4096)
        setrlimit(resource, &limit)
        raiseDescriptorLimit()
        getrlimit(resource, &limit)
        #expect(limit.rlim_cur == limit.rlim_max)
    }
}
