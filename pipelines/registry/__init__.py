"""The models in use, and what each was learned from. What a model is, a score knows."""
