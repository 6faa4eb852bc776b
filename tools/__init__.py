"""What makes the project ready: the environment, and the tuned layers of the encoder."""
