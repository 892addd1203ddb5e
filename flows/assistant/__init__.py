"""Pressroom for assistants: its tools and what it can do, over the Model Context Protocol.

Needs the extra `mcp`. Nothing here loads Prefect before the first batch.
"""
