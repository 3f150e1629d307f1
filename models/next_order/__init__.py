"""When each customer orders next: a law of the gaps between purchase days, held against two rules. Not what, or who."""
