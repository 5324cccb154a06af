"""Enrolment: choosing a face in a photo, checking its quality, computing its template; and faces of strangers."""
