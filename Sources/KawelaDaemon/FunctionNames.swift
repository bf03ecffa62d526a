// SPDX-License-Identifier: Apache-2.0

// What functions are called towards users: `pf`, and `vf0` to `vf7`.

/// - Parameter function: 0 for the PF, v + 1 for VF v.
func functionName(_ function: Int) -> String { function == 0 ? "pf" : "vf\(function - 1)" }

/// The number of the function of this name; `nil` when a port with `virtualFunctions` has none.
func functionNumber(_ name: some StringProtocol, virtualFunctions: Int = 8) -> Int? {
    (0...virtualFunctions).first { functionName($0) == name }
}
