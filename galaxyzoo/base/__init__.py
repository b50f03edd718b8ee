"""What all stages and commands stand on: how they end, what they say, their files, params and ids.

errors.py and endings.py are what a user, a disk or a signal did, and parents.py what becomes of a
process whose parent is gone; messages.py puts it on a screen;
files.py writes whole files; paths.py says where; ids.py is what a GalaxyID is; sections.py reads
params.yaml through safe_yaml.py, and versions.py the packages that results depend on; astronomy.py
finds astropy.
"""
