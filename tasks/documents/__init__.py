"""The work of the documents kind: configs, generators, requests."""
