"""Training the networks that name hands: gathering what is seen of pictures, making landmarks up, fitting."""
