"""Business acts, one function each: explicit actor, one transaction, rules asked, audit row written."""
