"""What all networks share: what a network is and takes, views of images, weights in a file.

A change here concerns every training.
"""
