#!/usr/bin/env python3
"""What mutants.py finds, and what it leaves alone."""
import sys
import unittest

sys.dont_write_bytecode = True
import mutants


def changes(body):
    text = "int f(int a, int b) {\n    " + body + "\n}\n"
    return {(found.operator, found.apply(text).split("\n", 1)[1].rsplit("\n", 2)[0].strip())
            for found in mutants.find_mutants("x.cc", text)}


def changed(body, operator):
    return {text for name, text in changes(body) if name == operator}


class Found(unittest.TestCase):
    def test_operators(self):
        self.assertEqual(changed("g = a < b;", "relational"), {"g = a <= b;"})
        self.assertEqual(changed("g = a && b;", "logical"), {"g = a || b;"})
        self.assertEqual(changed("g = a + b;", "arithmetic"), {"g = a - b;"})
        self.assertEqual(changed("++a;", "arithmetic"), {"--a;"})

    def test_conditions(self):
        self.assertEqual(changed("if (a < b) g();", "condition"), {"if (!(a < b)) g();"})
        self.assertEqual(changed("if (!a) g();", "condition"), {"if (a) g();"})
        self.assertEqual(changed("if (int c = 1; c < b) g();", "condition"), {"if (int c = 1; !(c < b)) g();"})
        self.assertEqual(changed("if (const auto c = h()) g();", "condition"), set())
        self.assertEqual(changed("g = a ? b : 1;", "condition"), {"g = a == false ? b : 1;"})

    def test_constants(self):
        self.assertEqual(changed("g = 0x10U;", "constant"), {"g = 17U;", "g = 15U;"})
        self.assertEqual(changed("g = 1'000;", "constant"), {"g = 1001;", "g = 999;"})
        self.assertEqual(changed("g = 0;", "constant"), {"g = 1;"})
        self.assertEqual(changed("g = 0.5;", "constant"), {"g = (0.5 + 1);"})
        self.assertEqual(changed("g = true;", "constant"), {"g = false;"})
        self.assertEqual(changed("g = 5s;", "constant"), {"g = 6s;", "g = 4s;"})

    def test_returns(self):
        self.assertEqual(changed("return g(a);", "return value"), {"return {};"})
        self.assertEqual(changed("return std::nullopt;", "return value"), set())
        self.assertEqual(changed("return a < b && c;", "return value"), {"return {};", "return !(a < b && c);"})

    def test_statements(self):
        self.assertEqual(changed("x.y(1)->z(g{2});", "statement"), {"{}"})
        self.assertEqual(changed("co_await a::b(c);", "statement"), {"{}"})
        self.assertEqual(changed("if (a) g(b);", "statement"), {"if (a) {}"})
        self.assertEqual(changed("x.y = 1;", "statement"), {"{}"})
        self.assertEqual(changed("CO_REQUIRE(check(a));", "statement"), {"{}"})
        for declares in ("Type name(a);", "auto x = g();", "const int x = 1;", "CO_TRY(const int x, g());", "Type& x = y;"):
            self.assertEqual(changed(declares, "statement"), set(), declares)


class LeftAlone(unittest.TestCase):
    def test_text_that_does_not_run(self):
        for body in ('// if (a < b) 1', '/* a && b\n 2 */', 'g("a && 1 < 2");', "g('1');", 'g(R"x(a < 1)x");', "#if X < 2 && Y\n#endif",
                     "CHECK(a < 1 && b, 2);", "static_assert(sizeof(int) == 4);"):
            self.assertEqual({change for change in changes(body) if change[0] != "statement"}, set(), body)

    def test_declarations(self):
        for body in ("std::vector<int> x;", "Type&& x;", "Type* const x;", "std::vector<std::vector<int>> x;"):
            self.assertEqual(changes(body), set(), body)
        self.assertEqual(mutants.find_mutants("x.cc", "namespace a {\nvoid f(int);\nclass B {\n    B(const B&);\n};\n}\n"), [])

    def test_checks_are_not_dropped(self):
        self.assertEqual(changed("CHECK(a);", "statement"), set())


class Identity(unittest.TestCase):
    def test_an_id_outlives_a_change_of_other_lines(self):
        before = mutants.find_mutants("x.cc", "int f(int a) {\n    return a + 1;\n}\n")
        after = mutants.find_mutants("x.cc", "// new\nint f(int a) {\n        return a + 1;\n}\n")
        self.assertEqual([found.id for found in before], [found.id for found in after])

    def test_ids_differ(self):
        found = mutants.find_mutants("x.cc", "int f(int a) {\n    a = a + 1;\n    a = a + 1;\n    return a + 1 + 1;\n}\n")
        self.assertEqual(len({mutant.id for mutant in found}), len(found))

    def test_a_larger_sample_holds_the_smaller_one(self):
        found = mutants.find_mutants("x.cc", "int f(int a) {\n" + "".join(f"    a += {i};\n" for i in range(20)) + "}\n")
        small, large = (mutants.sample(found, count, "seed") for count in (5, 9))
        self.assertEqual(small, large[:5])
        self.assertNotEqual(small, mutants.sample(found, 5, "another"))


if __name__ == "__main__":
    unittest.main()
