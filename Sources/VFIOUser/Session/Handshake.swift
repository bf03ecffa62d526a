// SPDX-License-Identifier: Apache-2.0

import Glibc

extension Session {
    /// VERSION. Comes first and once; the function is attached when it succeeds.
    func negotiate(_ request: Request) throws(Refusal) {
        guard state == .awaitingVersion else { throw Refusal(EINVAL) }
        do throws(Refusal) {
            try accept(try Version(request))
        } catch {
            finish(.versionRefused)
            throw error
        }
        let payload = Version.reply(transferSize: transferSize)
        guard let reply = beginReply(to: request, payload: payload.count) else { return }
        for byte in payload { reply.append(byte) }
    }

    /// Minor numbers only ever add: the reply names the one this side speaks, 0.
    private func accept(_ version: Version) throws(Refusal) {
        if version.major != 0 { throw Refusal(ENOTSUP) }
        guard version.transferSize >= Limits.smallestTransferSize else { throw Refusal(EINVAL) }
        requests.transferSize = Int(min(version.transferSize, UInt64(Limits.transferSize)))
        state = .running
        function.attach(self)
    }
}
