# SPDX-License-Identifier: Apache-2.0
"""Each rule catches what it is there for, and nothing near it. Run by Scripts/lint."""

import os
import subprocess
import tempfile
import unittest

import exceptions
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
            "driver[0x5819]", "space.read(at: 0x100, width: 4)", "count > 0x100", "f(0x8)", "let size = 0x100",
        ):
            self.assertFalse(self.offends(code), code)

    def test_the_specification_and_other_modules_may_have_them(self):
        for path in ("Sources/Intel82576/Registers/ReceiveRegisters.swift", "Sources/PCIe/Header.swift"):
            self.assertFalse(self.offends("driver[0x5818]", path))


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
