"""The shop's settings: what there is to set, and who has set it. Where things lie (folders.py) is none of them."""
