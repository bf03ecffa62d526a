// SPDX-License-Identifier: Apache-2.0

/// The version of this program. Between releases: the next one, with `-dev`.
package let kawelaVersion = "0.2.0"
