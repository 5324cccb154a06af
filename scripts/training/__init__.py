"""Training the networks that name hands, and fitting the tables and models that the product ships."""
