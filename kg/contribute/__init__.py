"""What helps to write the record: canonical files, new records, the difference that a change makes."""
