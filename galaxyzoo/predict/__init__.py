"""Prediction: from a model file and images to fractions.

model_files.py reads and exports model files, inference.py runs networks over test-time
augmentation, projection.py makes predictions obey the tree, words.py describes them, and
predictor.py is all of it in one: `galaxyzoo.load_model`. inputs.py takes images in whatever form a
caller has them, and intake.py hands them on in batches.
"""
