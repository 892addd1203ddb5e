"""What must exist on a Prefect server before Pressroom's schedules run there, and the specs that they name."""
