"""Images: found in a zip, a folder or on a list, decoded, cropped and resized into one array.

sources.py finds and reads files, decoding.py makes pixels of them, processing.py the array.
"""
