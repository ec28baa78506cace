"""What a program that ends unasked leaves behind, for the next one to go on from."""
