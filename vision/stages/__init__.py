"""What `vision.checker` puts together: the detectors, the people in scope, the look at turned photos."""
