"""Which surveys somebody was invited to. What they answered has no person, so it can be in nobody's
copy."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.accounts.exports import adds, leaves_out
from portal.programs.models import Registration
from portal.programs.parts import seats_of
from portal.surveys.models import Answer, Invitation, Quote, Result

adds(
    "survey_invitations",
    _l("Surveys you were invited to"),
    lambda person_id: Invitation.registration_id.in_(
        select(Registration.id).where(seats_of(person_id))
    ),
    survey=(Invitation.survey_id, _l("The number of the survey")),
    seat=(Invitation.registration_id, _l("The number of your seat")),
)
leaves_out(
    _l("What was answered in surveys: nobody can tell which answer is yours, we cannot either."),
    Answer.answers,
)
adds(
    "quotes_chosen",
    _l("What guests said that you chose to show for the library"),
    lambda person_id: Quote.chosen_by == person_id,
    number=(Quote.id, _l("The number of the row")),
    event=(Quote.program_id, _l("The number of the event")),
    words=(Quote.words, _l("The words")),
)
adds(
    "results_published",
    _l("Results that you published for the library"),
    lambda person_id: Result.published_by == person_id,
    event=(Result.program_id, _l("The number of the event")),
    sentence=(Result.sentence, _l("What you wrote on what happened")),
    next_step=(Result.next_step, _l("What you wrote on what comes next")),
    published_at=(Result.published_at, _l("When")),
)
leaves_out(
    _l("About the event, not about a person; what is public is on its page."),
    Result.delivered,
    Result.figures,
    Result.changed_at,
)
leaves_out(
    _l("It is you, in every row of yours; elsewhere it is somebody else."),
    Quote.chosen_by,
    Result.published_by,
)
