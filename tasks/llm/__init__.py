"""Language models: the one place where a model is called, and all it needs."""
