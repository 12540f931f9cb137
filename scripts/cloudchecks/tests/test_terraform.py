"""Names in Terraform that nobody uses elsewhere."""

from __future__ import annotations

import unittest

from ..terraform import check_terraform_names, expected_tables
from .planted import Planted


class Terraform(Planted):
    def test_a_table_of_another_name(self):
        self.change("terraform/base/tables.tf", "${var.table_prefix}Identities", "${var.table_prefix}Logins")
        self.finds(check_terraform_names, "the table Identities is None", "knows no table Logins")

    def test_a_key_of_another_name(self):
        self.change("terraform/base/tables.tf", 'range_key  = "PlayerID"', 'range_key  = "UserID"')
        self.finds(check_terraform_names, "the table Games is")

    def test_an_index_of_another_name(self):
        self.change("terraform/base/tables.tf", "PlayerHistoryIndex", "HistoryIndex")
        self.finds(check_terraform_names, "the table Games is")

    def test_a_secret_of_another_name(self):
        self.change("terraform/base/secrets.tf", '"overcookied/valkey-url"', '"overcookied/valkey"')
        self.finds(check_terraform_names, "VALKEY_URL is looked up in the secret overcookied/valkey-url")

    def test_proxies_outside_of_the_network(self):
        self.change("k8s/overlays/aws/kustomization.yaml", "10.20.250.0/24", "10.99.250.0/24")
        self.finds(check_terraform_names, "10.99.250.0/24 is not inside")

    def test_a_valkey_that_pods_may_not_speak_to(self):
        self.change("k8s/overlays/aws/network.yaml", "port: 6379", "port: 6380")
        self.finds(check_terraform_names, "may not speak to Valkey")

    def test_a_role_for_somebody_else(self):
        self.change("terraform/eks/pod-roles.tf", "service_account = local.name", 'service_account = "game"')
        self.finds(check_terraform_names, "the server's role is for")

    def test_a_setting_that_nobody_reads(self):
        self.change("terraform/base/secrets.tf", "SESSION_KEYS: what", "SESSION_SECRETS: what")
        self.finds(check_terraform_names, "nobody reads SESSION_SECRETS")


class WhatTheServerWants(unittest.TestCase):
    def test_the_tables_are_found_in_the_source(self):
        wanted = expected_tables()
        self.assertEqual(set(wanted), {"Games", "Users", "Identities"})
        self.assertEqual(wanted["Games"], (["GameID", "PlayerID"], {"PlayerHistoryIndex": ["PlayerID", "EndedAt"]}))
