# SPDX-License-Identifier: Apache-2.0
"""Each rule catches what it is there for, and nothing near it. Run by Scripts/lint."""

import os
import subprocess
import tempfile
import unittest

import exceptions
import fields
import folders
import functions
import layers
import offsets
import references
import unused
from exceptions import Offence
from index import Program
from swift import tokens

DOCUMENTATION = """
| Register | Offset | Also at | Coverage | VF |
|---|---|---|---|---|
| STATUS | 0x0008 |  | behaviour | 0x0008 |
| RCTL | 0x0100 |  | behaviour |  |
| MRQC | 0x5818 |  | behaviour |  |
| RDBAL[0-15] | 0xC000 + 0x40n, n < 16 | 0x2800 + 0x100n, n < 4 | behaviour | 0x2800 |
| RQDPC[0-15] | 0xC030 + 0x40n, n < 16 |  | behaviour |  |

| Register | Bits | Field |
|---|---|---|
| MRQC | 2:0 | 0x9998 |
"""

# A module of two folders that use each other, with declarations of every sort that are used and that are not.
MODULE = {
    "Switch/Switch.swift": """
        struct Switch {
            var rules = 0
            var neverRead = 0
            static let neverUsed = 1
            func decide() -> Int { rules &+ Receive.limit }
            func alsoUnused() -> Int { onlyByUnused() }
            func onlyByUnused() -> Int { alsoUnused() }
        }
        """,
    "Receive/Receive.swift": """
        struct Receive: Comparable {
            static let limit = 1
            var count = 0
            static func < (a: Receive, b: Receive) -> Bool { a.count < b.count }
            func take() -> Int { Switch().decide() }
        }
        extension Port { func receive() -> Int { Receive().take() } }
        struct Flags: OptionSet { let rawValue: Int; static let one = Flags(rawValue: 1) }
        struct Unused { func member() {} }
        """,
    "Port.swift": """
        @main struct Program { static func main() { print(Port().receive(), [Port().name, Flags().rawValue]) } }
        final class Port { var stored = 0; var name: Int { stored } }
        """,
}


class SourceTests(unittest.TestCase):
    def test_comments_and_strings_are_no_code_but_interpolations_are(self):
        code = r'a /* { /* } */ */ "x { \(b + "\(c)") \" }" // d' + '\n#"\\(e) \\#(f)"# """\n{ " \\(g)\n"""'
        self.assertEqual([one.text for one in tokens(code) if one.kind == "name"], ["a", "b", "c", "f", "g"])
        self.assertEqual([one.line for one in tokens(code) if one.text == "g"], [3])

    def test_a_slash_starts_a_regex_only_where_a_value_can_start(self):
        self.assertEqual([one.text for one in tokens("f(/[{(]x/, a / b)")], ["f", "(", ",", "a", "/", "b", ")"])


class FunctionTests(unittest.TestCase):
    def lengths(self, code):
        return {one.name: one.lines for one in functions.functions(code)}

    def test_a_function_of_41_lines_is_too_long_and_one_of_40_is_not(self):
        for count, found in ((40, 0), (41, 1)):
            code = "func f<T>(_ a: T = { 1 }()) throws(E) -> [T: (T) -> T] where T: P {\n" + "g()\n" * count + "}\n"
            self.assertEqual(len(list(functions.long_functions([("a.swift", code)]))), found)

    def test_each_sort_of_function_is_measured_by_its_own_braces(self):
        code = 'protocol P { func f()\nfunc g() }\ninit() {\nx = "}"\n}\ndeinit {\n}\n'
        code += "subscript(a: Int) -> Int {\n1\n// }\n}"
        code += "\nvar p: Int {\n1\n}\nlet s = 1\nfunc < (a: A, b: A) -> Bool {\na.init { 1 }\n}"
        expected = {"f": 0, "g": 0, "init": 1, "deinit": 0, "subscript": 2, "p": 1, "<": 1}
        self.assertEqual(self.lengths(code), expected)

    def test_six_unlabelled_parameters_are_too_many_and_five_are_not(self):
        for count, found in ((5, 0), (6, 1)):
            code = "func f(" + "_ a: (Int, Int) -> Int, " * count + "b: Int) {}"
            self.assertEqual(len(list(functions.unlabelled_parameters([("a.swift", code)]))), found)


class OffsetTests(unittest.TestCase):
    def offends(self, code, path="Sources/Intel82576/Receive/Place.swift"):
        return bool(list(offsets.register_offsets([(path, code)], DOCUMENTATION)))

    def test_offsets_are_seen_wherever_registers_are_reached(self):
        for code in (
            "registers[word: 0x0100 / 4]", "driver[0x8]", "vfs[2][0x2900]", "driver?[0xC000] == 0",
            "(0xC030 + 0x40 * queue) / 4", "let block = 0xC000 + 0x40 * queue", "twins.set(0x5818, 3)",
            "write(0x100, 1)",
            "function.readBAR(0, at: 0x100, width: 4)", "for offset in [0x5818, 1] {}", "case mrqc = 0x5818",
            "static var offset: Int { 0x5818 }", "(isFirst ? 0x5818 : 0x100) / 4", "let rdbal = 0xC000",
        ):
            self.assertTrue(self.offends(code), code)

    def test_other_numbers_are_left_alone(self):
        for code in (
            "value & 0xC000 == 0xC000", "[0x100, 0x8]", "bytes[0x100]", "mask | 0x5818", "x == 0x5818",
            "driver[0x5819]", "driver[0x9998]", "space.read(at: 0x100, width: 4)", "count > 0x100", "f(0x8)", "let size = 0x100",
        ):
            self.assertFalse(self.offends(code), code)

    def test_the_specification_and_other_modules_may_have_them(self):
        for path in ("Sources/Intel82576/Registers/ReceiveRegisters.swift", "Sources/PCIe/Header.swift"):
            self.assertFalse(self.offends("driver[0x5818]", path))


class FieldTests(unittest.TestCase):
    PATH = "Sources/Intel82576/Registers/TestRegisters.swift"
    CODE = """
/// Causes.
package struct Cause: OptionSet {
    /// LSC, bit 2. The link \"changed\".
    package static let link = Cause(rawValue: 1 << 2)
}

/// A register of causes.
package protocol CauseRegister: Register {}

extension CauseRegister {
    package var causes: Cause { Cause(rawValue: raw) }
}

package struct Entry: BitWord {
    /// VEC, bits 4:0: the vector.
    package var vector: Int { Int(self[0...4]) }
}

/// A — First.
///
/// - ZERO, bit 31: always
///   zero.
package struct A: Register {
    package static var name: RegisterName { .A }
    package var raw: UInt32

    /// LEN, bits 19:7, in bytes
    /// of `RDLEN`.
    ///
    /// Odd.
    package var length: Int {
        get { Int(self[7...19]) }
        set { self[7...19] = UInt32(newValue) }
    }
    package var isEmpty: Bool { self[7...19] == 0 }
    /// ENTRY[3], bits 6:2: the timer.
    package var timer: Entry { Entry(raw: self[2...6]) }
}

/// B — Second. The fields are those of A.
package struct B: Register {
    package static var name: RegisterName { .B }
}
"""

    def offences(self, code):
        made = fields.generated(fields.Specification([(self.PATH, code)]))
        return [one.text for one in fields.offences([(self.PATH, code), *made.items()])]

    def changed(self, old, new):
        self.assertIn(old, self.CODE)
        return self.offences(self.CODE.replace(old, new))

    def test_fields_come_from_comments_of_properties_types_and_entries(self):
        self.assertEqual(self.offences(self.CODE), [])
        specification = fields.Specification([(self.PATH, self.CODE)])
        found = [(one.name, one.high, one.low, one.meaning) for one in specification.fields(specification.types["A"])]
        timer = ("VEC[3]", 6, 2, "The timer: the vector")
        self.assertEqual(found, [timer, ("LEN", 19, 7, "In bytes of RDLEN"), ("ZERO", 31, 31, "Always zero")])
        swift = fields.generated(specification)["Sources/Intel82576/Registers/Fields/TestFields.swift"]
        for line in ('RegisterField("LEN", 7...19, "In bytes of RDLEN"),', "[RegisterField] { A.fields }",
                     "extension CauseRegister {", 'RegisterField("LSC", 2...2, "The link \\"changed\\""),'):
            self.assertIn(line, swift)

    def test_comment_and_code_have_to_name_the_same_bits(self):
        expected = ["LEN is bits 19:8 in its comment, 19:7 in the code", "A.isEmpty uses bits of no field"]
        self.assertEqual(self.changed("bits 19:7", "bits 19:8"), expected)
        expected = ["LEN is bits 19:7 in its comment, 19:7, 20:7 in the code"]
        self.assertEqual(self.changed("{ Int(self[7...19]) }", "{ Int(self[7...20]) }"), expected)
        self.assertEqual(self.changed("bit 2. The", "bit 3. The"), ["LSC is bit 3 in its comment, 2:2 in the code"])

    def test_fields_are_apart_and_have_names_and_meanings(self):
        self.assertEqual(self.changed("ZERO, bit 31", "ZERO, bit 7"), ["ZERO and LEN share bit 7"])
        self.assertEqual(self.changed("ZERO, bit 31", "ZERO, bit 32"), ["ZERO has no such bits: bit 32"])
        expected = "not of the form 'ACRONYM, bits 7:0: meaning'"
        self.assertEqual(self.changed("LEN, bits 19:7, in bytes", "Bits 19:7: bytes")[0], expected)
        self.assertEqual(self.changed(": the vector", ""), ["VEC has no meaning"])
        self.assertEqual(self.changed("`RDLEN`", "``length``"), ["LEN names a property where a field has to be"])

    def test_files_in_fields_are_those_that_the_comments_make(self):
        made = fields.generated(fields.Specification([(self.PATH, self.CODE)]))
        path, text = list(made.items())[0]
        for files in ([], [(path, text + "\n")], [(path, text), (path.replace("Test", "Gone"), text)]):
            self.assertEqual(len(list(fields.offences([(self.PATH, self.CODE), *files]))), 1)


class ReferenceTests(unittest.TestCase):
    FILES = [("Tests/ChipTests/Receive/RingTests.swift", "func wraps() {}"), ("Sources/Chip/Ring.swift", "func runs() {}")]

    def missing(self, cell, header="tests"):
        table = f"| what | {header} |\n|---|---|\n| a ring | {cell} |\n\nText of NoTests, `nothing`.\n"
        return [one.text for one in references.missing_tests([("docs/a.md", table)], self.FILES)]

    def test_tests_that_are_there_are_no_offence(self):
        self.assertEqual(self.missing("RingTests; RingTests, `wraps`"), [])

    def test_a_suite_or_function_that_is_not_there_is_one(self):
        self.assertEqual(self.missing("RingTests, `wraps`, `runs`"), ["RingTests has no test 'runs'"])
        self.assertEqual(len(self.missing("Ring, `runs`; `wraps`; RingTests")), 2)

    def test_other_columns_are_not_read(self):
        self.assertEqual(self.missing("NoTests", header="why"), [])


class LayerTests(unittest.TestCase):
    def offends(self, module, line):
        return bool(list(layers.imports([(f"Sources/{module}/File.swift", line + "\n")])))

    def test_imports_point_down(self):
        for module, line in (
            ("Intel82576", "import Backends"), ("PCIe", "public import Intel82576"),
            ("Intel82576", "import struct Foundation.Data"), ("Backends", "@preconcurrency import VFIOUser"),
            ("VFIOUser", "import Intel82576"),
        ):
            self.assertTrue(self.offends(module, line), line)
        for module, line in (("Intel82576", "import PCIe"), ("kawela", "import VFIOUser")):
            self.assertFalse(self.offends(module, line), line)


class IndexTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        root, paths = cls.folder.name, []
        for name, text in MODULE.items():
            paths.append(os.path.join(root, "Sources/Chip", name))
            os.makedirs(os.path.dirname(paths[-1]), exist_ok=True)
            with open(paths[-1], "w") as file:
                file.write(text)
        store = os.path.join(root, "store")
        options = ["-c", "-parse-as-library", "-module-name", "Chip", "-index-store-path", store]
        subprocess.run(["swiftc", *options, *paths], cwd=root, check=True)
        cls.program = Program(store, root)
        cls.files = [("Sources/Chip/" + name, text) for name, text in MODULE.items()]

    def circles(self, *allowed):
        found = list(folders.circles(folders.Folders(self.program, "Chip"), allowed))
        return exceptions.judge("circles", found, exceptions.Counter(allowed))

    def test_a_circle_of_folders_is_found(self):
        self.assertEqual(len(self.circles()), 4)  # Switch and Receive, Receive and the root.

    def test_a_tolerated_arrow_has_to_close_a_circle(self):
        self.assertEqual(self.circles("Switch -> Receive", "Receive -> (root)"), [])
        self.assertEqual(len(self.circles("Switch -> Receive", "Receive -> (root)", "(root) -> Receive")), 1)
        self.assertEqual(len(self.circles("Switch -> Receive", "Receive -> (root)", "Switch -> (root)")), 1)

    def test_what_is_unused_is_found_and_nothing_else(self):
        found = {one.key for one in unused.unused_declarations(self.program, self.files)}
        names = ("Switch.neverRead", "Switch.neverUsed", "Switch.alsoUnused()", "Switch.onlyByUnused()", "Unused")
        self.assertEqual(found, {f"Chip {name}" for name in names})

    def test_what_benchmarks_name_of_a_module_they_import_is_used(self):
        for module, is_found in (("Chip", False), ("Other", True)):
            files = [*self.files, ("Benchmarks/a.swift", f"import {module}\nSwitch.neverUsed")]
            found = {one.key for one in unused.unused_declarations(self.program, files)}
            self.assertEqual("Chip Switch.neverUsed" in found, is_found)

    def test_members_of_a_type_are_counted_with_its_extensions(self):
        expected = "Port: 1 stored properties, 1 computed properties, 1 functions, in 2 files"
        self.assertEqual(folders.members(self.program, "Port"), expected)


class ExceptionTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = os.path.join(self.folder.name, "rule")
        with open(self.path, "w") as file:
            file.write("# A list.\n3 a b  # why\nc\n2 d\n")
        self.found = [Offence("a b", "f:1", "bad")] * 2 + [Offence("c", "f:2", "bad")]

    def test_more_than_tolerated_offends_and_so_does_less(self):
        allowed = exceptions.read("rule", self.folder.name)
        self.assertEqual(allowed, {"a b": 3, "c": 1, "d": 2})
        self.assertEqual(len(exceptions.judge("rule", self.found, allowed)), 2)
        self.assertEqual(len(exceptions.judge("rule", self.found * 2, allowed)), 4 + 2 + 1)

    def test_shrinking_lowers_and_never_adds(self):
        exceptions.shrink("rule", [*self.found, Offence("e", "f:3", "bad")], self.folder.name)
        with open(self.path) as file:
            self.assertEqual(file.read(), "# A list.\n2 a b  # why\nc\n")


if __name__ == "__main__":
    unittest.main()
