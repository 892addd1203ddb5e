"""Voices: what speaks a text, on this machine or at a vendor."""
