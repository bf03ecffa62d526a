// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Foundation
import Testing

@testable import KawelaWeb

@Suite struct DashboardTests {
    private let dashboard: JSONValue

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../integrations/grafana/kawela.json")
        dashboard = try JSONValue(parsing: try Data(contentsOf: file))
    }

    /// Every value of a member of this name, at any depth.
    private static func all(_ name: String, in value: JSONValue) -> [JSONValue] {
        let inner = (value.object.map { Array($0.values) } ?? value.array ?? []).flatMap { all(name, in: $0) }
        return (value[name].map { [$0] } ?? []) + inner
    }

    @Test func queriesNameOnlyMetricsThatExist() {
        let known = Set(Metric.all.map(\.sampleName))
        let queries = (Self.all("expr", in: dashboard) + Self.all("query", in: dashboard)).compactMap(\.string)
        #expect(queries.count > 10)
        for query in queries {
            for match in query.matches(of: /kawela_[a-z_]+/) {
                #expect(known.contains(String(match.output)), "\(query)")
            }
        }
    }

    @Test func panelsAreOfTheChosenPortAndDataSource() {
        let panels = dashboard["panels"]?.array ?? []
        #expect(panels.count >= 8)
        for panel in panels where panel["type"] != "row" {
            #expect(panel["datasource"]?["uid"] == "${datasource}")
            for query in Self.all("expr", in: panel).compactMap(\.string) { #expect(query.contains("port=~\"$port\"")) }
        }
    }

    @Test func panelsDoNotOverlap() {
        var taken: Set<[Int]> = []
        for panel in dashboard["panels"]?.array ?? [] {
            let place = ["x", "y", "w", "h"].compactMap { panel["gridPos"]?[$0]?.integer }
            guard place.count == 4, place[0] + place[2] <= 24 else {
                Issue.record("a panel has no place in the grid")
                continue
            }
            for x in place[0]..<place[0] + place[2] {
                for y in place[1]..<place[1] + place[3] { #expect(taken.insert([x, y]).inserted) }
            }
        }
    }
}
