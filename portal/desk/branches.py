"""What a form offers whoever works for named branches: these, and no others."""

from wtforms import SelectField

from portal.accounts.identity import current_actor
from portal.core.forms import options
from portal.policy import Permission, Site, may


def offer_own(field: SelectField, permission: Permission) -> None:
    """Of the branches in this field, leave those at which whoever asks may do this. For the page
    alone: what was sent has been judged by then."""
    by = current_actor()
    field.choices = options(
        {
            value: label
            for value, label, _chosen, _render in field.iter_choices()
            if not value or may(by, permission, Site(int(value)))
        }
    )
