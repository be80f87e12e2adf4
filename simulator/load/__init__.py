"""What supervisors have to do: how long turns wait for them, and what a threshold changes about it. No
Django.
"""
