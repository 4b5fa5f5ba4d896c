"""Candidate models, one a file. All fulfil `tastemaker.ports.CandidateModel`."""
