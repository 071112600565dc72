"""How the shared server's demo school is dealt out to the tests."""

# Tests that share a server each take students of their own from it. The first two have a part in
# the demo school itself (see api/test_submit_policies.py) and are not given out.
STUDENTS = 1000
GIVEN_OUT_FROM = 2
