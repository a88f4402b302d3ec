"""What people type, turned into the clean values of `inputs`; no rule of the work lives here."""
