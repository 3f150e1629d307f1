"""The gate between what landed and what is modelled: the feeds, and what became of their files."""

from pipelines.defs.gates import gates_of

raw_gates = gates_of("raw", "ops")
