"""Matching faces with registered people: calibrated error rates, and the distance thresholds that follow."""
