"""What is done by the clock or a little later, by any process that has a worker."""
