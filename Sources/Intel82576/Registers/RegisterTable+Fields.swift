// SPDX-License-Identifier: Apache-2.0

extension RegisterTable {
    /// The fields of a register, from the lowest bit on. One that a VF has under another name has those of the physical
    /// register; none are known of registers that are one number, and of those without behaviour.
    package static func fields(of name: RegisterName) -> [RegisterField] { fieldsByName[Int(name.rawValue)] }

    /// The fields of a register that holds `value`, with what each of them holds.
    package static func fieldValues(
        of name: RegisterName, _ value: UInt32
    ) -> [(field: RegisterField, value: UInt32)] {
        fields(of: name).map { ($0, $0.value(in: value)) }
    }

    /// A register's value as a line: `CTRL 0x00000241: SLU SPEED=2`. Fields that are zero are left out; of one bit that is
    /// set the name says it all.
    package static func text(of name: RegisterName, value: UInt32) -> String {
        let fields = fieldValues(of: name, value).filter { $0.value != 0 }.map { field, value in
            field.bits.count == 1 ? "\(field.name)" : "\(field.name)=\(value < 10 ? "\(value)" : hex(value))"
        }
        let number = "\(name) \(hex(value, digits: 8))"
        return fields.isEmpty ? number : number + ": " + fields.joined(separator: " ")
    }

    /// Indexed by the name's raw value.
    private static let fieldsByName: [[RegisterField]] = {
        var fields = [[RegisterField]](repeating: [], count: RegisterName.allCases.count)
        for row in physical + virtual { fields[Int(row.name.rawValue)] = row.fields }
        return fields
    }()
}
