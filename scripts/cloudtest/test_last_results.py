"""Results that wait in the outbox when scripts/destroy comes: recorded first, or lost only by somebody who says so."""

from .scene import Scene

EXEC = "exec deployment/overcookied"


class LastResults(Scene):
    def replicas(self) -> int | None:
        return self.stage.state_of("cluster")["objects"]["deployment/overcookied/overcookied"]["spec"].get("replicas")

    def nothing_more_is_destroyed(self) -> None:
        self.assertEqual(self.changes(), [])
        self.assertIsNone(self.replicas(), "the pods run on")

    def is_away(self) -> None:
        """The cluster, as soon as the pods have been told to stop."""
        self.stage.fault("get pods", message="the server is away")

    def test_the_pods_run_until_the_outbox_is_empty_and_are_gone_before_their_nodes(self):
        self.given_it_runs()
        self.stage.outbox({"waiting": 2}, {"waiting": 1}, {})
        gone = self.succeeds("destroy", "--yes")
        self.says(gone, "waiting until 2 results are recorded", "all are in the tables", "eks: nothing")
        order = ("load balancer is gone", "== the last results", "until the pods have stopped", "== the eks layer")
        self.assertEqual(sorted(order, key=gone.index), list(order))
        self.assertEqual(self.replicas(), 0)

    def test_results_that_are_not_recorded_in_time_are_lost_by_nobody_s_habit(self):
        self.given_it_runs()
        self.stage.outbox({"waiting": 3})
        lost = "3 that wait, 0 that were set aside"
        self.says(self.fails("destroy", "--yes", OUTBOX_MINUTES="0"), lost, "outbox list", "--lose-results")
        self.nothing_more_is_destroyed()
        asked = self.fails("destroy", answers=["overcookied", "overcookied"], OUTBOX_MINUTES="0")
        self.says(asked, lost, 'Type "lose results"', "not confirmed")
        self.nothing_more_is_destroyed()
        # What had been taken away is brought back.
        self.says(self.succeeds("deploy"), "http://k8s-overcook")

    def test_a_result_that_was_set_aside_is_not_waited_for_but_asked_about(self):
        self.given_it_runs()
        self.stage.outbox({"setAside": 1})
        self.says(self.fails("destroy", "--yes"), "0 that wait, 1 that were set aside", "--lose-results")
        self.nothing_more_is_destroyed()
        self.is_away()
        agreed = self.fails("destroy", answers=["overcookied", "lose results"])
        self.says(agreed, "stopped at: the pods")
        self.assertEqual(self.replicas(), 0)

    def test_pods_that_do_not_answer_are_asked_three_times_and_then_the_operator_is(self):
        self.given_it_runs()
        self.stage.fault(EXEC, times=3, message="command terminated with exit code 2")
        self.says(self.fails("destroy", "--yes"), "exit code 2", "no pod answers", "--lose-results")
        self.nothing_more_is_destroyed()
        self.assertEqual(len([call for call in self.stage.calls("kubectl") if EXEC in call]), 3)
        self.stage.fault(EXEC, times=3, message="command terminated with exit code 2")
        gone = self.succeeds("destroy", "--yes", "--lose-results")
        self.says(gone, "no pod answers", "as --lose-results says", "eks: nothing")

    def test_an_answer_that_fails_once_is_asked_for_again(self):
        self.given_it_runs()
        self.stage.fault(EXEC, message="error dialing backend")
        self.is_away()
        stopped = self.fails("destroy", "--yes")
        self.says(stopped, "all are in the tables", "stopped at: the pods")
        # It had seen to the results: the next run has nobody to ask, and need not.
        self.stage.outbox({"waiting": 3})
        self.is_away()
        self.says(self.fails("destroy", "--yes"), "an earlier run has seen to them", "stopped at: the pods")

    def test_pods_that_an_interrupted_run_has_stopped_are_started_by_deploy(self):
        self.given_it_runs()
        self.is_away()
        self.fails("destroy", "--yes")
        self.assertEqual(self.replicas(), 0)
        self.says(self.succeeds("deploy"), "the pods had been stopped: two are started", "successfully rolled out")
        self.assertEqual(self.replicas(), 2)
        self.stage.outbox({"waiting": 1})
        self.says(self.fails("destroy", "--yes", OUTBOX_MINUTES="0"), "1 that wait")
