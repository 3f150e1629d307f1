"""One module per form in which a file may land, and what they share. What the rows mean does not belong here."""
