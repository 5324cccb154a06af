"""HTTP as the service speaks it: answers, problems, languages, bounds, logs, the API's document. Knows no photo."""
