"""The table, the settings of phases, and the interlock."""

import pathlib
import tempfile
import threading
import unittest

from chaoslib import gaps, table
from chaoslib.faults import FAULTS, OWN_RIG, SOAK
from chaoslib.fleet import Interlock
from chaoslib.settings import Wishes, needs_dynamodb, settings
from chaoslib.swarm import Play
from clusterlib.rig import Options

HERE = pathlib.Path(".")
OPTIONS = Options(HERE, HERE, HERE, HERE, fault_proxy=HERE, moto=HERE)


def phases(*faults, minutes=5.0, valkey="single", **more):
    return settings(Wishes(1, minutes, faults, 40, valkey, **more), OPTIONS)


class Phases(unittest.TestCase):
    def test_a_whole_run_is_the_soak_and_then_what_needs_its_own_rig(self):
        found = phases()
        self.assertEqual([phase.name for phase in found], ["soak", *OWN_RIG])
        self.assertEqual(found[0].faults, SOAK)
        few = {"F14": 1, "F15-lost": 2, "F16": 1, "F17": 2}
        self.assertEqual([phase.times for phase in found], [few.get(p.name, 5) for p in found])

    def test_a_fault_with_its_own_rig_strikes_as_often_as_has_room_when_it_is_alone(self):
        (alone,) = phases("F9", minutes=2.0)
        self.assertGreaterEqual(alone.times, 5)
        (_, beside) = phases("F1", "F9", minutes=2.0)
        self.assertEqual(beside.times, 2)

    def test_faults_that_are_named_strike_together_in_one_phase(self):
        (phase,) = phases("F1", "F3", minutes=1.0)
        self.assertEqual((phase.faults, phase.times), (("F1", "F3"), 1))

    def test_only_the_run_with_replicas_waits_for_them(self):
        waits = {phase.name: phase.options.settings for phase in phases("F9", "F9-nowait")}
        self.assertEqual(waits["F9"], {"VALKEY_WAIT_REPLICAS": "1"})
        self.assertEqual(waits["F9-nowait"], {})

    def test_losses_are_tolerated_only_where_nobody_waits(self):
        lenient = [phase.name for phase in phases() if phase.tolerated]
        self.assertEqual(lenient, ["F9-nowait"])

    def test_a_fault_with_its_own_rig_strikes_as_often_as_is_asked_for(self):
        (kills,) = phases("F15", times=100)
        self.assertEqual(kills.times, 100)
        self.assertGreater(60 * kills.minutes, 100 * FAULTS["F15"].lasts)
        found = phases("F14", "F15", "F17", times=3)
        self.assertEqual([phase.times for phase in found], [1, 3, 2], "some take too long")

    def test_only_faults_at_dynamodb_have_their_results_there(self):
        there = [phase.name for phase in phases() if phase.options.moto]
        self.assertEqual(there, ["F14", "F15", "F15-lost", "F16", "F17"])
        self.assertTrue(needs_dynamodb(Wishes(1, 1, ("F1", "F14"), 40, "single")))
        self.assertFalse(needs_dynamodb(Wishes(1, 1, ("F1", "F9"), 40, "single")))

    def test_two_hundred_games_must_end_in_an_outage_of_a_minute_and_fewer_in_a_brief_one(self):
        ((whole,), (short,)) = (phases("F14", brief=brief) for brief in (False, True))
        self.assertEqual((whole.wanted, short.wanted), (200, 33))
        self.assertLess(short.minutes, whole.minutes)
        self.assertEqual([fault.lasts for fault in short.of(["F14", "F15"])], [10.0, 4.0])

    def test_no_proxy_stands_before_a_cluster(self):
        (phase,) = phases("F1", valkey="cluster")
        self.assertIsNone(phase.options.fault_proxy)

    def test_players_do_what_is_a_fault_only_when_it_was_asked_for(self):
        (phase,) = phases("F1")
        self.assertEqual((phase.play.absences, phase.play.two_tabs), (0.0, 0.0))
        (phase,) = phases("F18")
        self.assertGreater(phase.play.absences, 0.0)


class Players(unittest.TestCase):
    def test_they_come_so_fast_that_as_many_duels_run_as_asked_for(self):
        words = Play(duels=34, game_seconds=15, countdown_seconds=1).arguments("u", 60, 1)
        told = dict(zip(words[::2], words[1::2]))
        self.assertEqual((told["--ramp"], told["--duels"]), ("2.000", "60"))

    def test_few_of_them_may_play_many_games_for_as_long(self):
        words = Play(duels=40, games=None, game_seconds=8).arguments("u", 77, 1)
        told = dict(zip(words[::2], words[1::2]))
        expected = ("8", "40", "8.000")
        self.assertEqual((told["--games"], told["--duels"], told["--ramp"]), expected)


class Tables(unittest.TestCase):
    FAULT = {
        "fault": "F1",
        "what": "a pod dies",
        "struck": 5,
        "gaps": 2,
        "survivors": {"count": 1, "p50": 500.0, "p99": 900.0, "max": 1234.0},
        "reconnected": None,
        "violations": 0,
    }
    PHASE = {"name": "soak", "faults": [FAULT]}

    def test_times_are_in_seconds_and_what_was_not_measured_is_empty(self):
        (row,) = table.rows([self.PHASE])
        self.assertEqual(row, ["F1", "a pod dies", "5", "2", "0.50 / 0.90 / 1.23", "", "0"])

    def test_several_phases_are_told_apart(self):
        sums = {**self.PHASE, "faults": [self.FAULT, {**self.FAULT, "fault": gaps.ALL}]}
        labels = [row[0] for row in table.rows([sums, {**self.PHASE, "name": "F1"}])]
        self.assertEqual(labels, ["F1", "all (soak)", "F1 (a rig of its own)"])

    def test_the_table_goes_where_a_page_has_a_place_for_it(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder) / "page.md"
            page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
            table.write(page, [self.PHASE], "head")
            table.write(page, [self.PHASE], "head")
            text = page.read_text()
            self.assertTrue(text.startswith("before\n") and text.endswith("\nafter\n"), text)
            self.assertEqual((text.count("| F1 |"), text.count("old")), (1, 0))
            page.unlink()
            table.write(page, [self.PHASE], "head")
            self.assertTrue(page.read_text().startswith("head\n\n| fault |"))


class Interlocks(unittest.TestCase):
    def test_one_kind_may_meet_itself_but_not_the_other(self):
        lock, order = Interlock(), []

        def start():
            with lock.hold("start"):
                order.append("start")

        with lock.hold("store"):
            with lock.hold("store"):
                waiting = threading.Thread(target=start)
                waiting.start()
            # It cannot have gone in: the outer one is still held.
            order.append("store")
        waiting.join(5)
        self.assertEqual(order, ["store", "start"])
