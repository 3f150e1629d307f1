"""The seeded generator of an invented shop. It writes landing files and their truth, and reads nothing of ours."""
