"""Acts on the register: one business act, one transaction each."""
