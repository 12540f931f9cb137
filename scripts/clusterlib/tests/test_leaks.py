"""Secrets in logs are found, and what only looks like one is not."""

import pathlib
import tempfile
import unittest

from clusterlib import keys, leaks

TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0." + "a" * 86


class Leaks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def found(self, text: str, secrets=()):
        log = self.folder / "pod1.log"
        log.write_text(text)
        return leaks.found([log], secrets)

    def test_a_log_without_secrets_is_fine(self):
        said = f"signed in player=1 password=… token={TOKEN[:20]}… GET /api/me\n"
        self.assertEqual(self.found(said * 1000, ["a-password-of-valkey"]), [])

    def test_a_token_is_found_and_not_repeated(self):
        (told,) = self.found(f"hello\nGET /ws?token={TOKEN}\n")
        self.assertIn("pod1.log", told)
        self.assertNotIn(TOKEN, told)

    def test_a_password_is_found_wherever_it_is(self):
        for before in (0, leaks.AT_ONCE - 5, leaks.AT_ONCE * 2 - 1):
            told = self.found("x" * before + "a-password-of-valkey", ["a-password-of-valkey"])
            self.assertEqual(len(told), 1, before)

    def test_a_line_of_a_key_is_found(self):
        path = keys.session_keys(self.folder / "keys.pem")
        lines = leaks.of_keys(path)
        self.assertEqual(len(self.found(f"a key: {lines[0]}", lines)), 1)
        self.assertEqual(len(self.found(path.read_text())), 1, "by its first line")
        self.assertEqual(leaks.of_keys(self.folder / "missing.pem"), [])

    def test_words_are_no_secrets(self):
        self.assertEqual(self.found("test fuzz", ["test", "fuzz", ""]), [])
