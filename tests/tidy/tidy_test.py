#!/usr/bin/env python3
"""Each rule finds the mistake that it is about, and lets the same file without the mistake pass."""
import pathlib, sys, tempfile, unittest

sys.dont_write_bytecode = True
import rules
import terms
from tree import Tree

HEADER = "// A subject.\n#pragma once\n"


class Rules(unittest.TestCase):
    def problems(self, rule, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return list(rule(Tree(pathlib.Path(folder))))

    def check(self, rule, name, wrong, right):
        self.assertEqual(self.problems(rule, {name: right}), [])
        found = self.problems(rule, {name: wrong})
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(name), found)

    def test_layers(self):
        self.check(rules.layers_point_upwards, "src/io/a.cc", '#include "http/a.h"\n', '#include "base/a.h"\n')
        self.check(rules.layers_point_upwards, "src/resource/a.cc", '#include "oauth/a.h"\n', '#include "token/a.h"\n')
        self.check(rules.layers_point_upwards, "src/io/a.cc", '#include "a.h"\n', '#include "io/a.h"\n')

    def test_tools(self):
        self.check(rules.layers_point_upwards, "tools/loadgen/a.cc", '#include "oauth/a.h"\n', '#include "http/a.h"\n')
        self.check(rules.layers_point_upwards, "src/http/a.cc", '#include "loadgen/a.h"\n', '#include "io/a.h"\n')
        self.check(rules.libraries_stay_in_their_place, "tools/loadgen/a.cc", "#include <liburing.h>\n", "#include <CLI/CLI.hpp>\n")
        self.assertEqual(len(self.problems(rules.every_folder_is_a_layer, {"tools/other/a.cc": ""})), 1)
        self.assertEqual(self.problems(rules.every_folder_is_a_layer, {"tools/loadgen/a.cc": ""}), [])

    def test_folders(self):
        self.assertEqual(len(self.problems(rules.every_folder_is_a_layer, {"src/util/a.cc": ""})), 1)
        self.assertEqual(self.problems(rules.every_folder_is_a_layer, {"src/base/a.cc": ""}), [])

    def test_libraries(self):
        for library in ("openssl/evp.h", "simdjson.h", "llhttp.h", "liburing.h", "toml++/toml.h"):
            self.check(rules.libraries_stay_in_their_place, "src/oauth/a.cc", f"#include <{library}>\n",
                       "#include <string>\n")
        self.check(rules.libraries_stay_in_their_place, "src/base/b.cc", "#include <simdjson.h>\n", "")
        self.assertEqual(self.problems(rules.libraries_stay_in_their_place,
                                       {"src/base/json.cc": "#include <simdjson.h>\n"}), [])

    def test_sizes(self):
        self.check(rules.files_are_short, "src/io/a.cc", "\n" * 501, "\n" * 500)
        self.check(rules.lines_are_short, "src/io/a.cc", "x" * 101, "x" * 100)
        self.check(rules.lines_are_short, "src/io/a.cc", "ä" * 101, "ä" * 100)
        self.assertEqual(self.problems(rules.lines_are_short, {"src/io/a.cc": 'R"(' + "x" * 200 + ')"\n'}), [])

    def test_words(self):
        self.check(rules.nothing_is_left_open, "src/io/a.cc", "// TO" "DO: more\n", "// done\n")
        self.check(rules.libraries_do_not_print, "src/io/a.cc", 'std::cout << "x";\n', 'out += "x";\n')

    def test_checks(self):
        # Eight for a thousand lines, wherever they stand; smaller trees owe what is left of that.
        checks = {"src/io/a.cc": "    CHECK(a);\n" * 8, "src/io/b.h": "\n" * 992}
        self.assertEqual(self.problems(rules.invariants_are_checked, checks), [])
        checks["src/io/a.cc"] = "    CHECK(a);\n" * 7 + "\n"
        self.assertEqual(len(self.problems(rules.invariants_are_checked, checks)), 1)
        checks["tests/a.cc"] = "    CHECK(a);\n"
        self.assertEqual(len(self.problems(rules.invariants_are_checked, checks)), 1)

    def test_names(self):
        self.assertEqual(len(self.problems(rules.file_names_are_snake_case, {"src/io/MyFile.cc": ""})), 1)
        self.assertEqual(self.problems(rules.file_names_are_snake_case, {"src/io/my_file2.cc": ""}), [])

    def test_headers(self):
        self.check(rules.headers_tell_their_subject, "src/io/a.h", "#pragma once\n", HEADER)
        self.check(rules.headers_tell_their_subject, "src/io/a.h", "// A subject.\n", HEADER)
        own = {"src/io/a.h": HEADER, "src/io/a.cc": '#include <string>\n#include "io/a.h"\n'}
        self.assertEqual(len(self.problems(rules.sources_include_their_own_header_first, own)), 1)
        own["src/io/a.cc"] = '#include "io/a.h"\n'
        self.assertEqual(self.problems(rules.sources_include_their_own_header_first, own), [])

    def test_descriptions(self):
        for wrong in ("Ask for scope=x.", "error = y", "A \\\"quote\\\".", "A " '" "' "realm=."):
            self.check(rules.error_descriptions_are_plain, "src/oauth/a.cc", f'refuse(ErrorCode::invalid_scope, "{wrong}");\n',
                       'refuse(ErrorCode::invalid_scope, "The scope is too long.");\n')
        self.check(rules.error_descriptions_are_plain, "src/resource/a.cc", '.error_description = "scope=a"', '.scope = "scope=a"')

    def test_terms(self):
        def rule(tree):
            return terms.terms_lead_to_their_file(tree, {"rate limiter": "oauth/limits/pace.h"})
        name = "src/oauth/limits/pace.h"
        self.check(rule, name, "// How often.\n#pragma once\n", "// Rate limiter: how often.\n#pragma once\n")
        self.check(rule, name, "// How often.\n// Rate limiter.\n", "// Of the rate-limiters.\n")
        self.assertEqual(len(self.problems(rule, {"src/oauth/limits/speed.h": HEADER})), 1)
        # Three others of that very name: nobody looks further.
        crowd = {name: "// Rate limiter.\n"} | {f"src/{folder}/rate_limiter.h": HEADER for folder in ("io", "http", "base")}
        self.assertEqual(len(self.problems(rule, crowd)), 1)
        del crowd["src/io/rate_limiter.h"]
        self.assertEqual(self.problems(rule, crowd), [])

    def test_every_term_is_in_the_table_once(self):
        self.assertEqual(len({terms.plain(term) for term in terms.TERMS}), len(terms.TERMS))
        self.assertGreaterEqual(len(terms.TERMS), 20)


if __name__ == "__main__":
    result = unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromTestCase(Rules))
    wrong = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - wrong} passed, {wrong} failed")
    sys.exit(1 if wrong else 0)
