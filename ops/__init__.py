"""Runs the product on one machine without anything installed: `make demo` and the servers of the tests.

Knows nothing of Django: it starts processes, watches them and stops them in order.
"""
