"""What `pressroom doctor` looks at: a file for each theme, each with `look`, which yields what it finds."""
