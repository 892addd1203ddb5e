"""Quality control of chapters as far as rules can see: what they count, what is wrong, and what points that takes.

The same text has the same findings every time, without a model and without cost. Rules see words and not meaning:
whether somebody acts as they would, whether a turn is earned and whether a scene moves anybody is for a model.
Each room holds one check; `chapter.py` asks all of them.
"""
