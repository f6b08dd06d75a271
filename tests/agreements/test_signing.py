import pytest
from sqlalchemy import delete, select

from portal.accounts.models import Person
from portal.agreements import queries, signing
from portal.agreements.drafting import Promise
from portal.agreements.lifecycle import AgreementState
from portal.agreements.models import Agreement, Side, Signature
from portal.core.database import db
from portal.core.errors import Forbidden, Missing, Refused
from portal.mail import sending
from portal.mail.models import Outgoing
from portal.organisations.models import Member, MemberRole, Organisation
from portal.policy import Actor, Role
from tests import factories
from tests.conftest import Client
from tests.mail import conftest as mail
from tests.mail.conftest import Sink

pytestmark = pytest.mark.usefixtures("app")
sink = mail.sink


def promise(**values: object) -> Promise:
    usual: dict[str, object] = {
        "library": "Alder Creek Public Library",
        "partner": "Repair Guild",
        "program": "Repair café",
        "plan_number": 1,
        "goal": "People mend what they have.",
        "need": "We throw out lamps.",
        "votes": 30,
        "age_group": "Everybody",
        "sittings": ("December 5, 10 a.m.",),
        "measures": (("Visits", 30),),
        "library_tasks": (),
        "partner_tasks": ("Six menders",),
        "survey": "five questions",
        "contact": "the desk",
    }
    return Promise(**usual | values)  # type: ignore[arg-type]


def manager() -> Actor:
    person = factories.person(Role.MANAGER)
    return Actor(id=person.id, grants=frozenset({(Role.MANAGER, None)}))


def owner_of(organisation: Organisation) -> Actor:
    person = db.session.scalars(
        select(Member.person_id).where(Member.organisation_id == organisation.id)
    ).one()
    theirs = frozenset({organisation.id})
    return Actor(id=person, organisations=theirs, owned=theirs)


def sent(organisation: Organisation, **values: object) -> Agreement:
    program = factories.program()
    return signing.send(
        program.id, organisation_id=organisation.id, promise=promise(**values), by=manager()
    )


def test_both_sides_sign_and_the_words_stay() -> None:
    organisation = factories.organisation()
    agreement = sent(organisation)
    signing.sign(agreement.id, side=Side.PARTNER, name="Rosa M.", seen=1, by=owner_of(organisation))
    signing.sign(agreement.id, side=Side.LIBRARY, name="Maya L.", seen=1, by=manager())
    db.session.flush()

    assert agreement.state is AgreementState.ACTIVE
    paper = queries.paper(agreement.id)
    assert [one.name for one in paper.signatures] == ["Rosa M.", "Maya L."]
    assert "Six menders" in paper.html


def test_the_same_words_again_are_a_reminder_and_other_words_a_new_version() -> None:
    organisation, program, by = factories.organisation(), factories.program(), manager()
    kept = {"organisation_id": organisation.id, "by": by}
    agreement = signing.send(program.id, promise=promise(), **kept)  # type: ignore[arg-type]
    signing.send(program.id, promise=promise(), **kept)  # type: ignore[arg-type]
    assert agreement.current == 1
    signing.sign(agreement.id, side=Side.PARTNER, name="Rosa", seen=1, by=owner_of(organisation))

    signing.send(program.id, promise=promise(goal="Another"), **kept)  # type: ignore[arg-type]

    assert (agreement.current, agreement.state) == (2, AgreementState.SENT)
    assert queries.paper(agreement.id).signatures == []
    assert "People mend" in queries.paper(agreement.id, n=1).html


def test_an_old_version_cannot_be_signed() -> None:
    organisation = factories.organisation()
    agreement = sent(organisation)

    with pytest.raises(Refused, match="newer version"):
        signing.sign(agreement.id, side=Side.PARTNER, name="x", seen=7, by=owner_of(organisation))


def test_nobody_signs_for_the_other_side() -> None:
    organisation = factories.organisation()
    agreement, boss = sent(organisation), manager()
    with pytest.raises(Missing):
        signing.sign(agreement.id, side=Side.PARTNER, name="x", seen=1, by=boss)
    with pytest.raises(Forbidden):
        signing.sign(agreement.id, side=Side.LIBRARY, name="x", seen=1, by=owner_of(organisation))
    signing.sign(agreement.id, side=Side.PARTNER, name="x", seen=1, by=owner_of(organisation))

    theirs = frozenset({organisation.id})
    both = Actor(id=boss.id, grants=boss.grants, organisations=theirs, owned=theirs)
    with pytest.raises(Forbidden, match="somebody else signs"):
        signing.sign(agreement.id, side=Side.LIBRARY, name="x", seen=1, by=both)


def editor_of(organisation: Organisation) -> Person:
    person = factories.person()
    role = MemberRole.EDITOR
    factories.kept(Member(organisation_id=organisation.id, person_id=person.id, role=role))
    return person


def test_an_editor_reads_and_sends_back_and_leaves_what_binds_to_an_owner(client: Client) -> None:
    organisation = factories.organisation()
    agreement = sent(organisation)
    client.sign_in(editor_of(organisation))
    path = f"/partner/agreements/{agreement.id}"
    page = client.get(path).text
    assert "An owner signs for" in page
    assert "Sign the agreement" not in page
    assert "Take part no more" not in page
    assert "Read and sign" not in client.get("/partner").text
    signed = client.post(f"{path}/sign", data={"name": "Eddie", "seen": "1"})
    ended = client.post(f"{path}/end", data={"end-sentence": "No."})
    for answer in (signed, ended):
        assert (answer.status_code, "Only an owner" in answer.text) == (403, True)

    assert "A sentence for them</label>" in page
    empty = client.post(f"{path}/send-back", data={"sentence": " ", "seen": "1"})
    assert (empty.status_code, "Say in a sentence what should" in empty.text) == (422, True)
    back = client.post(f"{path}/send-back", data={"sentence": "Four menders.", "seen": "1"})

    assert back.status_code == 303
    kept = db.session.get_one(Agreement, agreement.id)
    assert (kept.state, kept.remark) == (AgreementState.SENT_BACK, "Four menders.")


def test_the_partner_sends_it_back_with_a_sentence() -> None:
    organisation = factories.organisation()
    agreement, by = sent(organisation), owner_of(organisation)
    with pytest.raises(Refused, match="in a sentence"):
        signing.send_back(agreement.id, sentence="", seen=1, by=by)

    signing.send_back(agreement.id, sentence="We can bring four.", seen=1, by=by)

    assert (agreement.state, agreement.remark) == (AgreementState.SENT_BACK, "We can bring four.")


def test_what_was_sent_back_waits_for_the_partner_again_when_it_is_sent_as_it_was() -> None:
    organisation, program = factories.organisation(), factories.program()
    kept = {"organisation_id": organisation.id, "by": manager(), "promise": promise()}
    agreement = signing.send(program.id, **kept)  # type: ignore[arg-type]
    signing.send_back(agreement.id, sentence="Four?", seen=1, by=owner_of(organisation))

    signing.send(program.id, **kept)  # type: ignore[arg-type]

    assert (agreement.state, agreement.current, agreement.remark) == (AgreementState.SENT, 1, "")


def test_pages_of_partner_and_library(client: Client) -> None:
    organisation = factories.organisation()
    agreement = sent(organisation)
    person = db.session.scalars(select(Member.person_id)).one()
    client.sign_in(db.session.get_one(Person, person))
    path = f"/partner/agreements/{agreement.id}"
    assert "Read and sign" in client.get("/partner").text
    assert client.post(f"{path}/sign", data={"name": "", "seen": "1"}).status_code == 422
    assert client.post(f"{path}/sign", data={"name": "Rosa M.", "seen": "1"}).status_code == 303
    assert db.session.scalars(select(Signature.name)).all() == ["Rosa M."]

    client.sign_in(factories.person(Role.MANAGER))
    assert "Sign for the library" in client.get(path).text
    client.post(f"{path}/sign", data={"name": "Maya", "seen": "1", "side": "library"})
    assert "Signed by both" in client.get(path).text


def test_another_organisation_s_agreement_is_not_there(client: Client) -> None:
    agreement = sent(factories.organisation())
    stranger = factories.person()
    factories.organisation(stranger)
    client.sign_in(stranger)
    path = f"/partner/agreements/{agreement.id}"

    assert client.get(path).status_code == 404
    assert client.post(f"{path}/sign", data={"name": "x", "seen": "1"}).status_code == 404
    assert client.post(f"{path}/send-back", data={"sentence": "x", "seen": "1"}).status_code == 404


def test_a_manager_of_another_branch_neither_signs_nor_ends() -> None:
    organisation = factories.organisation()
    agreement = sent(organisation)
    signing.sign(agreement.id, side=Side.PARTNER, name="Rosa", seen=1, by=owner_of(organisation))
    east = factories.branch("EAST").id
    elsewhere = Actor(id=manager().id, grants=frozenset({(Role.MANAGER, east)}))

    with pytest.raises(Forbidden):
        signing.sign(agreement.id, side=Side.LIBRARY, name="Mia", seen=1, by=elsewhere)
    with pytest.raises(Missing):
        signing.end(agreement.id, by=elsewhere)

    assert agreement.state is AgreementState.PARTNER_SIGNED


def test_what_was_sent_back_can_be_sent_again_as_it_is() -> None:
    organisation, program, by = factories.organisation(), factories.program(), manager()
    kept = {"organisation_id": organisation.id, "promise": promise(), "by": by}
    agreement = signing.send(program.id, **kept)  # type: ignore[arg-type]
    signing.send_back(agreement.id, sentence="More tables", seen=1, by=owner_of(organisation))

    signing.send(program.id, **kept)  # type: ignore[arg-type]

    assert (agreement.state, agreement.current) == (AgreementState.SENT, 1)
    assert agreement.remark == ""


@pytest.mark.parametrize("signed", [False, True])
def test_a_partner_ends_it_at_any_time_and_the_signed_text_stays(
    client: Client, signed: bool
) -> None:
    organisation = factories.organisation()
    agreement, by = sent(organisation), owner_of(organisation)
    if signed:
        signing.sign(agreement.id, side=Side.PARTNER, name="Rosa", seen=1, by=by)
        signing.sign(agreement.id, side=Side.LIBRARY, name="Maya", seen=1, by=manager())
    client.sign_in(db.session.get_one(Person, by.id))
    path = f"/partner/agreements/{agreement.id}"
    assert "Take part no more" in client.get(path).text
    assert client.post(f"{path}/end", data={"end-sentence": "x" * 1001}).status_code == 422

    assert client.post(f"{path}/end", data={"end-sentence": "We moved."}).status_code == 303

    page = client.get(path).text
    assert "We moved." in page
    assert ("Rosa" in page, "Six menders" in page) == (signed, True)
    assert "Take part no more" not in page
    assert "Sign the agreement" not in page
    told = select(Outgoing.person_id).where(Outgoing.kind == "agreement_ended")
    assert db.session.scalars(told).all() == [by.id]
    assert client.post(f"{path}/end").status_code == 409


def test_every_version_can_be_read(client: Client) -> None:
    organisation, program, by = factories.organisation(), factories.program(), manager()
    kept = {"organisation_id": organisation.id, "by": by}
    agreement = signing.send(program.id, promise=promise(), **kept)  # type: ignore[arg-type]
    signing.send(program.id, promise=promise(goal="Another"), **kept)  # type: ignore[arg-type]
    client.sign_in(db.session.get_one(Person, owner_of(organisation).id))
    path = f"/partner/agreements/{agreement.id}"

    assert f'href="{path}?version=1"' in client.get(path).text
    old = client.get(f"{path}?version=1").text
    assert "This is an older version." in old
    assert "Sign the agreement" not in old


def test_a_librarian_reads_that_a_manager_signs(client: Client) -> None:
    organisation = factories.organisation()
    agreement = sent(organisation)
    signing.sign(agreement.id, side=Side.PARTNER, name="Rosa", seen=1, by=owner_of(organisation))
    page = client.sign_in(factories.librarian()).get(f"/partner/agreements/{agreement.id}").text

    assert "A manager signs for the library." in page
    assert "Sign the agreement" not in page


def test_who_does_not_act_for_the_partner_any_more_is_not_written_to(sink: Sink) -> None:
    organisation = factories.organisation()
    agreement = sent(organisation)
    one = signing.sign(agreement.id, side=Side.PARTNER, name="x", seen=1, by=owner_of(organisation))
    signing.sign(one.id, side=Side.LIBRARY, name="y", seen=1, by=manager())
    db.session.execute(delete(Member))
    db.session.commit()

    sending.send_due()

    assert db.session.scalars(select(Outgoing.kind).distinct()).all() != []
    assert sink.mails == []
