"""What an assignment and the state of a submission allow (edlink.md 1.3, 3.6, 5)."""
import pytest

from support.checks import data_of, refusal_of
from support.edlink import HELLO, Person, link, text


@pytest.mark.parametrize("policy", ["closed", "not_open", "locked", "nothing"])
def test_does_not_take_work_now(student, others, policy):
    # edlink.md 5: no documented code; UNSUPPORTED_OPERATION is the closest documented meaning
    refusal_of(student.submit(to=others[policy]), "UNSUPPORTED_OPERATION")
    assert student.submission(to=others[policy])["attempts"] == []


def test_draft_is_not_there_for_a_student(student, teacher, others):
    # edlink.md 5: unknown, in another class, draft, or not assigned to the caller
    message = refusal_of(student.submit(to=others["draft"]), "NOT_FOUND")["message"]
    assert message == f"Assignment with id {others['draft']} not found for this person."
    refusal_of(student.get(student.place(others["draft"])), "NOT_FOUND")
    assert others["draft"] not in ids(student)
    assert data_of(teacher.get(teacher.place(others["draft"])))["state"] == "draft"
    assert others["draft"] in ids(teacher)


def test_assigned_to_somebody_else(server, student, others):
    # edlink.md 3.4: assignee_mode individuals; the demo school's is for its second student
    refusal_of(student.submit(to=others["individuals"]), "NOT_FOUND")
    refusal_of(student.get(student.place(others["individuals"])), "NOT_FOUND")
    assert others["individuals"] not in ids(student)
    assignee = Person(server, 1)
    assert others["individuals"] in ids(assignee)
    data_of(assignee.submit(to=others["individuals"], key="once"))


def test_late_work_is_taken_and_flagged(student, others):
    # edlink.md 3.1, 3.6: missing until something is handed in after the due date, late from then
    assert student.submission(to=others["late"])["flags"] == ["missing"]
    assert data_of(student.submit(to=others["late"]))["flags"] == ["late"]
    assert student.submission(to=others["late"])["flags"] == ["late"]


def test_only_the_types_of_the_assignment(student, others):
    # edlink.md 5: "not in submission_types"
    for attachment in (HELLO, text()):
        refusal_of(student.submit(attachment, to=others["link_only"]), "INVALID_SUBMISSION_TYPE")
    refusal_of(student.submit(link(), HELLO, to=others["link_only"]), "INVALID_SUBMISSION_TYPE")
    assert data_of(student.submit(link(), to=others["link_only"]))["state"] == "submitted"


def test_attempts_used_up(student, others):
    # edlink.md 3.6: len(attempts) < max_attempts + extra_attempts
    one = others["one_attempt"]
    data_of(student.submit(to=one))
    refusal_of(student.submit(to=one), "UNSUPPORTED_OPERATION")
    student.reclaim(to=one)  # whatever it answers, there is no second attempt
    refusal_of(student.submit(to=one), "UNSUPPORTED_OPERATION")
    assert len(student.submission(to=one)["attempts"]) == 1


def test_teacher_does_not_submit(teacher):
    # edlink.md 5: the caller is not a student there
    refusal_of(teacher.submit(), "NO_PERMISSION")
    refusal_of(teacher.reclaim(), "NO_PERMISSION")


def test_not_in_the_class(server):
    # edlink.md 5; 2.4 has the words
    outsider = Person(server, 0)
    other = server.demo["edlink"]["other_class_id"]
    assignment = server.demo["edlink"]["assignment_id"]
    path = outsider.place(assignment, other)
    for reply in (outsider.post(path + "/submit", json={"attachments": [HELLO]}),
                  outsider.post(path + "/reclaim"), outsider.get(path)):
        message = refusal_of(reply, "NOT_FOUND")["message"]
        assert message == f"Class with id {other} not found for this person."


def test_policies_as_the_assignment_shows_them(student, server, others):
    # edlink.md 3.4
    def shown(assignment):
        return data_of(student.get(student.place(assignment)))

    main = shown(server.demo["edlink"]["assignment_id"])
    assert main["state"] == "open"
    assert sorted(main["submission_types"]) == ["file", "link", "text"]
    assert main["points_possible"] == 10
    assert main["grading_type"] == "points"
    assert main["assignee_mode"] == "all"
    assert main.get("max_attempts") is None
    assert shown(others["link_only"])["submission_types"] == ["link"]
    assert shown(others["nothing"])["submission_types"] == []
    assert shown(others["one_attempt"])["max_attempts"] == 1
    assert shown(others["locked"])["state"] == "locked"


def ids(person):
    path = person.place().rsplit("/", 1)[0]
    return {assignment["id"] for assignment in person.listed(path)}
