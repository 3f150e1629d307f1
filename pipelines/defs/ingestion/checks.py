"""The gate between what landed and what is modelled."""

from pipelines.defs.gates import gates_of

raw_gates = gates_of("raw")
