"""The application factory: the only place that knows all the parts."""

from typing import Any

from flask import Blueprint, Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.accounts import addressing, erasing, identity
from portal.accounts import clearing as accounts_clearing
from portal.accounts import letters as accounts_letters
from portal.accounts import parts as accounts_parts
from portal.accounts import views as accounts_views
from portal.agreements import clearing as agreements_clearing
from portal.agreements import erasing as agreements_erasing
from portal.agreements import invariants as agreements_invariants
from portal.agreements import letters as agreements_letters
from portal.agreements import parts as agreements_parts
from portal.agreements import views as agreements_views
from portal.agreements import waits as agreements_waits
from portal.audit import clearing as audit_clearing
from portal.cli import commands
from portal.core import (
    assets,
    config,
    database,
    failing,
    forgery,
    headers,
    locale,
    logs,
    metrics,
    sessions,
    sharing,
    squeezing,
    templating,
    web,
)
from portal.desk import answers as desk_answers
from portal.desk import counter, dates, held, wizard
from portal.desk import partners as desk_partners
from portal.desk import people as desk_people
from portal.desk import places as desk_places
from portal.desk import quiet as desk_quiet
from portal.desk import results as desk_results
from portal.desk import settings as desk_settings
from portal.desk import views as desk_views
from portal.ideas import clearing as ideas_clearing
from portal.ideas import due as ideas_due
from portal.ideas import erasing as ideas_erasing
from portal.ideas import invariants as ideas_invariants
from portal.ideas import letters as ideas_letters
from portal.ideas import parts as ideas_parts
from portal.ideas import views as ideas_views
from portal.ideas import waits as ideas_waits
from portal.jobs import purging
from portal.jobs import views as jobs_views
from portal.mail import clearing as mail_clearing
from portal.mail import sending
from portal.mail import views as mail_views
from portal.moderation import letters as moderation_letters
from portal.moderation import views as moderation_views
from portal.notifications import clearing as notifications_clearing
from portal.notifications import erasing as notifications_erasing
from portal.notifications import parts as notifications_parts
from portal.notifications import views as notifications_views
from portal.organisations import clearing as organisations_clearing
from portal.organisations import erasing as organisations_erasing
from portal.organisations import letters as organisations_letters
from portal.organisations import parts as organisations_parts
from portal.programs import clearing as programs_clearing
from portal.programs import due, first_seats, partner_letters
from portal.programs import erasing as programs_erasing
from portal.programs import invariants as programs_invariants
from portal.programs import letters as programs_letters
from portal.programs import parts as programs_parts
from portal.programs import views as programs_views
from portal.public import me as public_me
from portal.public import pages as public_pages
from portal.public import results as public_results
from portal.public import views as public_views
from portal.reports import views as reports_views
from portal.settings import due as settings_due
from portal.settings import letters as settings_letters
from portal.settings import views as settings_views
from portal.surveys import asking, counting
from portal.surveys import clearing as surveys_clearing
from portal.surveys import erasing as surveys_erasing
from portal.surveys import invariants as surveys_invariants
from portal.surveys import letters as surveys_letters
from portal.surveys import parts as surveys_parts
from portal.surveys import views as surveys_views
from portal.transfer import views as transfer_views
from portal.workspace import views as workspace_views

BLUEPRINTS: tuple[Blueprint, ...] = (
    accounts_views.blueprint,
    jobs_views.blueprint,
    mail_views.blueprint,
    moderation_views.blueprint,
    moderation_views.appeals,
    notifications_views.blueprint,
    notifications_views.own,
    agreements_views.blueprint,
    counter.blueprint,
    dates.blueprint,
    desk_answers.blueprint,
    desk_partners.blueprint,
    desk_people.blueprint,
    desk_places.blueprint,
    desk_quiet.blueprint,
    desk_results.blueprint,
    desk_settings.blueprint,
    desk_views.blueprint,
    held.blueprint,
    wizard.blueprint,
    ideas_views.blueprint,
    programs_views.blueprint,
    public_me.blueprint,
    public_pages.blueprint,
    public_results.blueprint,
    public_views.blueprint,
    reports_views.blueprint,
    settings_views.blueprint,
    surveys_views.blueprint,
    transfer_views.blueprint,
    workspace_views.blueprint,
)
PARTS = (  # to import them is to know their tables and to subscribe them
    accounts_parts,
    erasing,
    agreements_erasing,
    ideas_erasing,
    notifications_erasing,
    organisations_erasing,
    programs_erasing,
    surveys_erasing,
    agreements_parts,
    ideas_parts,
    notifications_parts,
    organisations_parts,
    programs_parts,
    surveys_parts,
    accounts_clearing,
    accounts_letters,
    addressing,
    agreements_clearing,
    agreements_invariants,
    agreements_letters,
    agreements_waits,
    asking,
    audit_clearing,
    counting,
    ideas_clearing,
    ideas_due,
    ideas_invariants,
    ideas_letters,
    ideas_waits,
    mail_clearing,
    moderation_letters,
    notifications_clearing,
    organisations_clearing,
    organisations_letters,
    due,
    first_seats,
    partner_letters,
    programs_clearing,
    programs_invariants,
    programs_letters,
    purging,
    sending,
    settings_due,
    settings_letters,
    surveys_clearing,
    surveys_invariants,
    surveys_letters,
)


def create_app(settings: config.Config | None = None, **flask_config: Any) -> Flask:
    """The whole portal, ready to serve. Raises config.BadSettings where it cannot start."""
    settings = settings or config.read()
    app = database.TransactionalFlask(
        __name__,
        template_folder="../templates",
        static_folder=None,  # core.assets serves them, hashed, in front of the application
        instance_path=str(settings.instance),
    )
    app.jinja_options = {
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": ["jinja2.ext.i18n"],
    }
    app.config.from_mapping(_flask_config(settings) | flask_config)
    app.extensions["portal"] = settings
    templating.init_app(app)
    assets.init_app(app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies
        )
    logs.init_app(app)
    metrics.init_app(app)
    sessions.init_app(app)
    sharing.init_app(app)
    web.init_app(app)
    database.init_app(app)
    locale.init_app(app)
    failing.init_app(app)
    forgery.init_app(app)
    identity.init_app(app)
    headers.init_app(app)
    squeezing.init_app(app)
    settings_views.init_app(app)
    ideas_views.init_app(app)
    programs_views.init_app(app)
    public_results.init_app(app)
    moderation_views.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.cli.add_command(commands.group)
    web.refuse_unguarded(app)
    return app


def _flask_config(settings: config.Config) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_pre_ping": settings.database_url[:8] == "postgres",
            "hide_parameters": True,  # what people wrote stays out of the log
        },
        "MAX_CONTENT_LENGTH": 1_000_000,
        "MAX_FORM_MEMORY_SIZE": 500_000,
        "MAX_FORM_PARTS": 500,
        "TRUSTED_HOSTS": [settings.host, "127.0.0.1", "localhost", "[::1]"],
        "SESSION_COOKIE_NAME": "__Host-session" if settings.https else "session",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_REFRESH_EACH_REQUEST": False,  # no cookie on what everybody may keep
    }
