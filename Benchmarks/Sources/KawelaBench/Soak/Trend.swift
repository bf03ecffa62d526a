// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The line through measurements that has the least squares.
struct Trend {
    /// Of the measured quantity, for each unit of time.
    let slope: Double

    /// - Parameter points: times and values.
    init(_ points: [(time: Double, value: Double)]) {
        let count = Double(points.count)
        let (meanTime, meanValue) = (points.map(\.time).reduce(0, +) / count, points.map(\.value).reduce(0, +) / count)
        let spread = points.map { ($0.time - meanTime) * ($0.time - meanTime) }.reduce(0, +)
        let product = points.map { ($0.time - meanTime) * ($0.value - meanValue) }.reduce(0, +)
        slope = spread > 0 ? product / spread : 0
    }
}
