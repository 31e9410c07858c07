"""Duplicate questions: found by comparing their words, with a check whether the answers contradict each other."""
