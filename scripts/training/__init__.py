"""Training the network that names hands: gathering landmarks, making them up, fitting."""
