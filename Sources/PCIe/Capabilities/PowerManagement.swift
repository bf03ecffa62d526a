// SPDX-License-Identifier: Apache-2.0

/// Power Management capability, with the Data register and PME from D0, D3hot and D3cold.
///
/// Going from D3hot to D0 resets the function unless it keeps its state (No_Soft_Reset); that is up to the function.
///
/// - Specification: PCI Bus Power Management Interface 1.2, 3.2
package struct PowerManagement: Capability, Equatable {
    package enum State: UInt8, Sendable {
        case d0, d1, d2, d3hot
    }

    /// PMC, the capabilities word.
    package var capabilities: UInt16
    /// What the Data register reads for each value of Data_Select; absent ones read zero.
    package var figures: [UInt8: UInt8]
    /// Data_Scale: 1 is 0.1 W, 2 is 0.01 W, 3 is 0.001 W.
    package var figureScale: UInt16

    /// Selections of ``figures``.
    package enum Figure {
        package static let consumedInD0: UInt8 = 0
        package static let dissipatedInD0: UInt8 = 4
    }

    /// - Parameter capabilities: PMC as the function reports it: version 2:0, D1 bit 9, D2 bit 10, PME support 15:11.
    package init(capabilities: UInt16, figures: [UInt8: UInt8] = [:], figureScale: UInt16 = 0) {
        (self.capabilities, self.figures, self.figureScale) = (capabilities, figures, figureScale & 3)
    }

    private enum Offset {
        static let capabilities = 2
        static let controlStatus = 4
        static let data = 7
    }

    package func install(in space: inout ConfigurationSpace, at offset: Int) {
        space.append(self, .standard(.powerManagement), at: offset)
        space.define(at: offset + Offset.capabilities, capabilities)
        space.define(
            at: offset + Offset.controlStatus, ControlStatus.scale(figureScale, ifPresent: figures[0]),
            writable: ControlStatus.writable, clearedByOne: ControlStatus.pme, sticky: ControlStatus.context)
        space.define(at: offset + Offset.data, figures[0] ?? 0)
    }

    package func settle(_ space: inout ConfigurationSpace, at offset: Int, since before: ConfigurationSpace) {
        var word = ControlStatus(in: space, at: offset)
        if !supports(word.state) { word.state = ControlStatus(in: before, at: offset).state }
        let figure = figures[word.dataSelect]
        word.rawValue = word.rawValue & ~0x6000 | ControlStatus.scale(figureScale, ifPresent: figure)
        space.store(word.rawValue, at: offset + Offset.controlStatus)
        space.store(figure ?? 0, at: offset + Offset.data)
    }

    /// D1 and D2 are optional: a write of one that the function lacks leaves the state as it is.
    private func supports(_ state: State) -> Bool {
        switch state {
        case .d0, .d3hot: true
        case .d1: capabilities & 0x0200 != 0
        case .d2: capabilities & 0x0400 != 0
        }
    }
}

extension PowerManagement {
    /// PMCSR.
    package struct ControlStatus: Sendable, Equatable {
        package fileprivate(set) var rawValue: UInt16

        package init(in space: ConfigurationSpace, at offset: Int) {
            rawValue = space.load(at: offset + Offset.controlStatus)
        }

        fileprivate static let writable: UInt16 = 0x1F03
        fileprivate static let pme: UInt16 = 0x8000
        /// PME_Status and PME_En: kept through every reset as long as auxiliary power is there.
        fileprivate static let context: UInt16 = 0x8100

        fileprivate static func scale(_ scale: UInt16, ifPresent figure: UInt8?) -> UInt16 {
            figure == nil ? 0 : scale << 13
        }

        /// PowerState, bits 1:0.
        package fileprivate(set) var state: State {
            get { [.d0, .d1, .d2, .d3hot][Int(rawValue & 3)] }
            set { rawValue = rawValue & ~3 | UInt16(newValue.rawValue) }
        }
        /// Data_Select, bits 12:9: which figure the Data register shows.
        package var dataSelect: UInt8 { UInt8(rawValue >> 9 & 0xF) }
    }
}
