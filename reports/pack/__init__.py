"""The pack of a meeting: what it says, as plain values, and the files made of it."""
