// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

/// Kawela among what others make: virtualization managers, switches, package managers, kernels. Each folder has the suites
/// of one integration, which fetch and prepare what they need themselves; `make test-integrations` runs them.
@Suite(
    .serialized, .enabled(if: Availability.mayRun, Comment(rawValue: "cannot run here: \(Availability.obstacle ?? "")"))
)
enum Integration {}
