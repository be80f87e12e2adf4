"""Label Studio kept in step: projects from the codebook, questions out, annotations in."""
