"""Tests of the rig, with real programs. Run by scripts/cluster-test."""
