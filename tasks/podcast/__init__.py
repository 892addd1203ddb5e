"""Podcasts: from a topic to an episode that can be heard, and its feed."""
