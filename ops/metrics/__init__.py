"""Figures for Prometheus at /metrics: counts of all processes of the machine, and readings of how things stand."""
