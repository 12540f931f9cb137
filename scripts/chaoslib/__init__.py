"""Plays against a rig of pods while a nemesis breaks it, and judges what came of it.

`scripts/chaos` is its command line. `schedule`, `gaps`, `metrics`, `verdict` and `table` are pure;
`nemesis` acts; the rest looks. Standard library only.
"""
