"""What lies in the landing folder and was not read, with what it is likely to be. What is read is not told here."""
