"""The gates before and after the models: believable features in, believable scores out."""

from pipelines.defs.gates import gates_of

model_gates = gates_of("features", "ml")
