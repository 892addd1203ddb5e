"""What is counted and told apart in texts of any language: words, sentences, letters, how easily they read."""

from tasks.prose import faults as faults
