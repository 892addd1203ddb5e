"""What is told about a batch once it has ended: JSON for programs, Markdown for people and for Prefect's pages."""
