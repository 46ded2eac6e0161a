#!/usr/bin/python3
"""The comparison must be able to fail."""
import unittest

from expectation import differences


class DifferencesTest(unittest.TestCase):
    CASES = (
        ("more keys are welcome", {"a": 1}, {"a": 1, "b": 2}, 0),
        ("a missing key", {"a": 1}, {}, 1),
        ("another value", {"a": 1}, {"a": 2}, 1),
        ("deep inside", {"a": [{"b": "x"}]}, {"a": [{"b": "y"}]}, 1),
        ("a longer list", ["x"], ["x", "y"], 1),
        ("a shorter list", ["x", "y"], ["x"], 1),
        ("every wrong element", ["x", "y"], ["y", "x"], 2),
        ("part of a text", "~bc", "abcd", 0),
        ("not part of a text", "~bc", "acbd", 1),
        ("part of nothing", "~bc", None, 1),
        ("an object where there is none", {"a": {"b": 1}}, {"a": None}, 1),
        ("a list where there is none", {"a": [1]}, {}, 1),
    )

    def test_table(self):
        for name, expected, actual, count in self.CASES:
            with self.subTest(name):
                self.assertEqual(len(list(differences(expected, actual))), count)


if __name__ == "__main__":
    unittest.main()
