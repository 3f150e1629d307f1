"""A person vanishes: found by an identifier, taken out of everything a data directory holds, kept out, and proved."""
