"""What a form offers whoever works for named branches: these, and no others."""

from wtforms import SelectField

from portal.accounts.identity import current_actor
from portal.policy import Permission, Site, may


def offer_own(field: SelectField, permission: Permission) -> None:
    """Of the branches in this field, leave those at which whoever asks may do this. For the page
    alone: what was sent has been judged by then."""
    by = current_actor()
    field.choices = [
        one for one in field.choices if not one.value or may(by, permission, Site(int(one.value)))
    ]
