"""From the records of a source's select to the rows and quarantine of one part. No file is read or committed here."""
