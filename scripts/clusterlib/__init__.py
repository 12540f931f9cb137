"""Pods, Valkey and a load balancer on this machine, and all that can go wrong between them.

`rig.Rig` is the way in: scripts/cluster is a command line over it, and whoever plays nemesis
imports it. Standard library only.
"""
