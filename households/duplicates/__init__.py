"""The finder of persons and households that stand in the register twice.

`sounds`, `keys`, `distance`, `grounds` and `scoring` are pure; `refresh`, `blocking`, `finder` and `pairs` are
the database's side of it. What other apps call stands in `households.services.duplicates`.
"""
