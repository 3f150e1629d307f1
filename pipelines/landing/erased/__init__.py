"""Who was erased, and how rows that name them are known and kept out. What is done on a request stands elsewhere."""
