"""Order: what runs after what. One flow a file; the work lies in `tasks`."""
