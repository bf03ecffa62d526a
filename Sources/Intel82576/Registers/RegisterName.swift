/// Every register of the map, by the datasheet's acronym.
public enum RegisterName: UInt16, CaseIterable, Sendable {
    case CTRL
}
