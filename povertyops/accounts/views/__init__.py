"""Pages of signing in, accounts, appointments and centres."""
