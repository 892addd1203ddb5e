"""The pictures of a report, drawn as SVG by small code of our own from what was worked out about the batch."""
