"""Prometheus metrics at /metrics: counters of all processes of the machine, and gauges read at request time."""
