"""From a dossier to all that is said in an episode."""
