"""How fast and how small Chinwag is: `python -m bench` measures it and prints one table."""
