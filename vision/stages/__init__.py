"""The stages that `vision.checker` runs: detectors, the people in scope, and turning photos upright."""
