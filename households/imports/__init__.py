"""Bringing a target list in: reading the file, checking every row, staging, and merging into the register.

From outside this folder, use `households.services.target_lists`.
"""
