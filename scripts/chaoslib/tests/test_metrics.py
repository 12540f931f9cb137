"""Counters over the lives of pods."""

import unittest

from chaoslib import metrics

TEXT = """\
# HELP overcookied_commits Commits.
# TYPE overcookied_commits counter
overcookied_commits_total{outcome="taken"} 12
overcookied_commits_total{outcome="fenced"} 2
overcookied_rooms 3
overcookied_resume_seconds_sum 1.5
overcookied_resume_seconds_bucket{le="0.5"} 3
overcookied_resume_seconds_bucket{le="1.0"} 4
overcookied_resume_seconds_bucket{le="+Inf"} 4
process_cpu_seconds 7
# EOF
"""


class Reading(unittest.TestCase):
    def test_the_program_s_own_metrics_are_read(self):
        found = metrics.parse(TEXT)
        self.assertEqual(found["rooms"], 3)
        self.assertEqual(
            metrics.labelled(found, "commits_total"), {"taken": 12.0, "fenced": 2.0}
        )
        self.assertNotIn("process_cpu_seconds", found)

    def test_a_quantile_is_told_by_its_bucket(self):
        found = metrics.parse(TEXT)
        self.assertEqual(metrics.quantile_bound(found, "resume_seconds", 0.5), 0.5)
        self.assertEqual(metrics.quantile_bound(found, "resume_seconds", 0.99), 1.0)
        self.assertIsNone(metrics.quantile_bound(found, "commit_seconds", 0.5))


class Lives(unittest.TestCase):
    def test_a_pod_s_lives_add_up_and_a_life_counts_once(self):
        lives = metrics.Lives()
        lives.read(1, 100, {"a_total": 5})
        lives.read(1, 100, {"a_total": 7})
        lives.read(1, 200, {"a_total": 1})
        lives.read(2, 300, {"a_total": 10, "b_total": 1})
        self.assertEqual(lives.total(), {"a_total": 18, "b_total": 1})
