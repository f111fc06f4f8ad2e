"""What builds, tests and looks at Chinwag."""
