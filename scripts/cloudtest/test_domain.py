"""An installation with a domain: its certificate, its record, and what becomes of its zone."""

from .scene import Scene
from .settings import DOMAIN


class WithADomain(Scene):
    settings = {"DOMAIN": DOMAIN}

    def test_a_certificate_that_is_not_issued_is_waited_for_by_a_person(self):
        self.given_it_is_up()
        self.succeeds("build-and-push")
        self.cloud.tell("certificate", status="PENDING_VALIDATION")
        self.says(self.fails("deploy"), "PENDING_VALIDATION", f"zone above {DOMAIN}", "not issued yet")
        self.cloud.tell("certificate", status="ISSUED")
        self.assertIn(f"https://{DOMAIN}", self.succeeds("deploy"))
        ingress = self.stage.state_of("cluster")["objects"]["ingress/overcookied/overcookied"]
        self.assertEqual(ingress["spec"]["rules"][0]["host"], DOMAIN)
        self.assertIn("certificate", ingress["metadata"]["annotations"]["alb.ingress.kubernetes.io/certificate-arn"])

    def test_the_domain_leads_to_the_balancer_and_to_a_new_one(self):
        self.given_it_runs()
        self.says(self.succeeds("update-dns", "--dry-run"), "A: would be written")
        self.assertEqual(self.changes(), [])
        self.says(self.succeeds("update-dns"), "A: written", f"zone above {DOMAIN}")
        [record] = [each for each in self.cloud.tell("records") if each["Type"] == "A"]
        self.assertRegex(record["AliasTarget"]["DNSName"], r"^dualstack\.k8s-overcook-\S+\.elb\.amazonaws\.com\.$")
        self.cloud.tell("forget_log")
        self.says(self.succeeds("update-dns"), "A: as it should be")
        self.assertEqual(self.changes(), [])
        self.says(self.succeeds("update-dns", "--remove"), "is removed")
        self.assertEqual([each for each in self.cloud.tell("records") if each["Type"] == "A"], [])
        self.succeeds("update-dns", "--remove")

    def test_a_domain_that_was_forgotten_or_mistyped_takes_no_https_away(self):
        self.given_it_runs()
        for domain in ("", "overcooked.example.com"):
            with self.subTest(domain):
                self.stage.settings(DOMAIN=domain)
                refused = self.fails("deploy")
                self.says(refused, f'DOMAIN is "{domain}"', f'run with "{DOMAIN}"', "./scripts/up", "Nothing was changed")
        self.assertEqual(self.stage.calls("kubectl"), [])
        self.assertEqual(self.changes(), [])

    def test_a_domain_that_is_taken_out_of_the_settings_is_asked_about_before_its_zone_goes(self):
        self.given_it_is_up()
        self.stage.settings()
        for how in ({}, {"answers": ["yes"]}):
            refused = self.fails("up", "--base", **how)
            self.says(refused, "aws_route53_zone.this[0] would be destroyed", "Is that meant?")
        self.assertEqual(self.changes(), [])
        self.says(self.succeeds("up", "--base", answers=["base"]), "Apply complete!", "./scripts/up for the cluster")
