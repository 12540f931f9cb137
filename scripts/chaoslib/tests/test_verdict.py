"""What is a violation."""

import unittest

from chaoslib import verdict
from chaoslib.gaps import Gap
from chaoslib.journal import Window


def window(fault, variant="", failure="", **evidence):
    return Window(fault, variant, 1, 0, 1, evidence=evidence, failure=failure)


def report(*details, absences=0, opened=0):
    return {"details": list(details), "absences": absences, "tabs": {"opened": opened}}


def detail(kind):
    return {"class": kind, "player": "p", "game": "g", "text": "said"}


def kinds(seen, *faults, times=1, tolerated=()):
    demands = verdict.Demands(faults, times, frozenset(tolerated))
    return [violation.kind for violation in verdict.judge(seen, demands)]


KILL = window("F1", hosted=3, taken_over_both_on_dead=1)


class Judging(unittest.TestCase):
    def test_a_run_in_which_all_held_has_no_violation(self):
        self.assertEqual(kinds(verdict.Seen([KILL], report()), "F1"), [])

    def test_whatever_the_swarm_found_counts_unless_the_fault_may_cause_it(self):
        seen = verdict.Seen([KILL], report(detail("lost"), detail("stuck")))
        self.assertEqual(kinds(seen, "F1"), ["lost", "stuck"])
        self.assertEqual(kinds(seen, "F1", tolerated=["lost"]), ["stuck"])
        demands = verdict.Demands((), 0, frozenset({"lost"}))
        self.assertEqual(verdict.tolerated(seen, demands), {"lost": 1})

    def test_a_swarm_that_could_not_play_is_a_violation(self):
        self.assertEqual(kinds(verdict.Seen([KILL], None), "F1"), ["swarm"])

    def test_what_others_found_counts(self):
        seen = verdict.Seen([KILL], report(), found={"not empty": ["3 seats"], "exit": []})
        self.assertEqual(kinds(seen, "F1"), ["not empty"])

    def test_a_fault_must_strike_and_one_that_failed_did_not(self):
        seen = verdict.Seen([KILL, window("F1", failure="no pod")], report())
        self.assertEqual(kinds(seen, "F1", times=2), ["not struck"])
        self.assertEqual(kinds(verdict.Seen([], report()), "F10"), ["not struck"])

    def test_what_players_do_is_counted_by_the_swarm(self):
        self.assertEqual(kinds(verdict.Seen([], report(absences=5)), "F18", times=5), [])
        self.assertEqual(kinds(verdict.Seen([], report(opened=4)), "F19", times=5), ["not struck"])

    def test_kills_must_have_hit_a_game_with_both_players_on_dead_pods(self):
        seen = verdict.Seen([window("F1", hosted=3, taken_over_both_on_dead=0)], report())
        self.assertEqual(kinds(seen, "F1"), ["not struck"])
        both = [*seen.windows, window("F6", taken_over_both_on_dead=2)]
        self.assertEqual(kinds(verdict.Seen(both, report()), "F1", "F6"), [])

    def test_a_pod_that_comes_back_must_have_been_refused_a_commit(self):
        def kind(**evidence):
            return kinds(verdict.Seen([window("F3", **evidence)], report()), "F3")

        self.assertEqual(kind(hosted=4, fenced=0), ["not struck"])
        self.assertEqual(kind(hosted=4, fenced=1), [])
        self.assertEqual(kind(hosted=0, fenced=0), [], "it had nothing to commit")

    def test_pods_must_have_stood_still_while_somebody_waited(self):
        def kind(**evidence):
            return kinds(verdict.Seen([window("F13", **evidence)], report()), "F13")

        self.assertEqual(kind(aimed=0), ["not struck"])
        self.assertEqual(kind(aimed=1), [])

    def test_games_must_begin_while_nobody_can_publish(self):
        silent = verdict.Seen([window("F12", "silence 2", begun=0)], report())
        self.assertEqual(kinds(silent, "F12"), ["queue"])
        asked = verdict.Seen([window("F12", "silence 2", begun=3)], report())
        self.assertEqual(kinds(asked, "F12"), [])

    def test_a_strike_tells_what_may_not_be(self):
        seen = verdict.Seen([window("F17", wrong=["pod1 answers 500"])], report())
        self.assertEqual(kinds(seen, "F17"), ["broken"])

    def test_enough_games_must_end_in_an_outage_and_no_pod_may_grow_by_it(self):
        def kind(ended, grown):
            seen = verdict.Seen([window("F14", ended=ended, grown_mb=grown)], report())
            demands = verdict.Demands(("F14",), 1, wanted=200)
            return [violation.kind for violation in verdict.judge(seen, demands)]

        self.assertEqual(kind(200, 20.0), [])
        self.assertEqual(kind(199, 20.0), ["not struck"])
        self.assertEqual(kind(240, 20.1), ["memory"])

    def test_a_reply_to_a_transaction_must_have_been_lost(self):
        for unheard, expected in ((0, ["not struck"]), (2, [])):
            seen = verdict.Seen([window("F15-lost", unheard=unheard)], report())
            self.assertEqual(kinds(seen, "F15-lost"), expected)

    def test_a_player_who_waits_for_ever_is_a_violation(self):
        gap = Gap(0, 20_000, 20_000, "p", "g", True, 0, "never")
        self.assertEqual(kinds(verdict.Seen([KILL], report(), [gap]), "F1"), ["gap"])
