"""Sound of an episode: from what was spoken to a finished MP3, measured on the file itself."""
