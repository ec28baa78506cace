"""What the panel of the wall is made of: a picture, two balls, words about them and controls.

It computes all that it shows itself and knows nothing of the run.
"""
