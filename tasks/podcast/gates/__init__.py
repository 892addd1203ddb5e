"""What a script has to reach before it is spoken: four gates, a weighted score, and a judge where there is a model."""
