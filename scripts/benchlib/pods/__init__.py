"""What many pods cost, how quick they are together, and what losing one costs the players.

Everything runs on the rig of scripts/cluster: pods, Valkey and HAProxy on this machine. No figure is
asserted here; a run whose ledger has violations is reported as failed.
"""
