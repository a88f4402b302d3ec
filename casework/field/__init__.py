"""The phone's side of the server: shells without personal data, the service worker, what is taken along."""
