"""How good the labels are: agreement, confusion, accuracy, skill, haste, suspicion. No database."""
