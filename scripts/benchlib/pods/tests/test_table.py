"""The page gets what was measured, and says loudly what failed."""

import pathlib
import tempfile
import unittest

from pods import table

ABOUT = {"date": "2026-01-02", "commit": "abc", "busyBefore": 0.01}
USAGE = {"busy": 0.5, "cores": {"pod1": 0.25, "valkey0": 0.1, "valkey1": 0.1, "others": 0.0}}
SPREAD = {"count": 9, "p50": 500.0, "p99": 2100.0, "max": 2500.0}


def found(**parts):
    told = {name: {"failed": [], "about": ABOUT, **part} for name, part in parts.items()}
    return {"machine": "m", "cores": 2, "network": "n", "parts": told}


def resume(**gaps):
    names = ("survivor", "reconnected", "elsewhere", "later")
    return {"what": "kill", "strikes": 3, "gamesHit": 7, "usage": USAGE} | {
        "gaps": dict.fromkeys(names) | gaps
    }


class Table(unittest.TestCase):
    def test_a_goal_that_was_missed_is_said_and_no_gap_is_no_success(self):
        text = table.markdown(found(kill=resume(survivor=SPREAD)))
        stayed, back = [line for line in text.splitlines() if line.startswith("| kill: who")]
        self.assertIn("2100 ms", stayed)
        self.assertTrue(stayed.endswith("| **no** |"))
        self.assertIn("no gaps", back)
        self.assertNotIn("yes", back)

    def test_a_failed_part_and_a_skipped_one_are_named(self):
        cut = {"what": "cut", "skipped": "no root"}
        text = table.markdown(found(joins={"error": "x", "failed": ["2 lost"]}, cut=cut))
        self.assertIn("- **joins FAILED**: 2 lost", text)
        self.assertIn("| cut |  |  |  | not measured: no root |  |  |", text)

    def test_nodes_of_valkey_are_one_part(self):
        text = table.markdown(found(kill=resume()))
        self.assertIn("| kill | 50% | 25 | 20 |  |  |  | 0 |", text)

    def test_only_what_stands_between_the_markers_is_replaced(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder) / "page.md"
            page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
            table.write(page, found(kill=resume()))
            table.write(page, found(kill=resume()))
            text = page.read_text()
        self.assertTrue(text.startswith("before\n") and text.endswith(f"{table.END}\nafter\n"))
        self.assertNotIn("old", text)
        self.assertEqual(text.count(table.BEGIN), 1)
