"""What the API and the panel both do when it takes more than one question to storage."""
