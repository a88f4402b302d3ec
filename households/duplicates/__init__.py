"""The finder of persons and households that stand in the register twice.

`sounds`, `keys`, `distance`, `grounds`, `likeness` and `scoring` are pure; `refresh`, `blocking`, `finder`,
`pairs` and `nightly` are the database's side of it. Other apps call `households.services.duplicates`.
"""
