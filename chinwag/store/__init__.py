"""All SQL is here: tables, the engine, the writer, and a file of statements for each noun."""
