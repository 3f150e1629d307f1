"""The gate between what was built and what readers see."""

from pipelines.defs.gates import gates_of

mart_gates = gates_of("marts")
