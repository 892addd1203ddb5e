"""The six dialects that configs are written in, and how each is read as a content config of dialect A."""
