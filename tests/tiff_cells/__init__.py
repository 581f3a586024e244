"""The cells of tiff_matrix.py: files, and the pictures that they must become."""
