"""Who may do what with whose things. A cell is what one of ten people (``things.py``) meets:

+  done or shown, or led to where it is        s  asked to sign in
-  not for this account (403)                  0  nothing is there for them (404)
!  not done, and the form or the page says why: who asks, what was sent or how things stand

An address without an own, another's or a hidden thing has one row, of what is the library's.
"""

# What the numbers in an address are of; ``OF`` where that is not what they usually are.
KINDS = {
    "": "of the library",
    "idea_id": "idea",
    "offer_id": "offer",
    "organisation_id": "organisation",
    "person_id": "person",
    "number program_id": "event",
    "program_id": "event",
    "idea_id person_id signature": "link to stop one",
    "number program_id registration_id": "seat at the desk",
    "registration_id": "seat",
    "mailbox signature": "link of a guest",
    "registration_id signature": "link to a seat",
}
OF = {
    "accounts.ask_to_stay": "link to stay",
    "accounts.stay_by_link": "link to stay",
    "accounts.still_waiting": "what waits",
    "agreements.end": "agreement",
    "agreements.paper": "agreement",
    "agreements.send_back": "agreement",
    "agreements.sign": "agreement",
    "appeals.ask": "refused idea",
    "demo_mail.show": "mail",
    "desk.close": "event today",
    "desk.code": "event without seats",
    "desk.door": "event today",
    "desk_results.answers": "answers",
    "desk_results.edit": "answers",
    "desk_results.preview": "answers",
    "desk_results.quote": "answers",
    "moderation.show": "waiting text",
    "notifications.ask_all": "link to stop",
    "notifications.stop_all": "link to stop",
    "programs.ticket": "ticket",
    "results.show": "results",
    "survey.answer_at_wall": "code on a wall",
    "survey.at_wall": "code on a wall",
    "survey.draw": "code on a wall",
}
# What is sent where tests/test_holes.py does not say it.
SENT = {
    "accounts.end_device": {"device": "0"},
    "accounts.name": {"name": "Ada"},
    "accounts.password": {"new": "three words together", "current": "x"},
    "accounts.sign_in": {"email": "ada@example.org"},
    "agreements.offer": {"words": "x", "organisation": "Guild"},
    "agreements.sign": {"name": "Me", "agree": "y", "seen": "1", "side": "partner"},
    "desk_places.closed_days": {"first": "2099-01-01", "why": "Snow", "branch": "{branch}"},
    "desk_places.edit": {
        "name": "Mine",
        "kind": "branch",
        "capacity": "9",
        "cloth": "make",
        "outcome_area": "civic",
        "branch": "{branch}",
    },
    "ideas.new": {"title": "Mine", "happens": "x", "need": "y", "shown_as": "name"},
    "me.leave": {"sure": "y"},
    "programs.change_own_seat": {"do": "cancel"},
    "programs.change_seat": {"do": "cancel"},
    "programs.session": {"name": "Gus", "email": "gus@example.org", "seats": "1"},
    "wizard.new": {"title": "Plain", "summary": "s", "age_group": "general", "branch": "{branch}"},
}
# Stranger, resident, author, unverified organisation's member, editor, owner, librarian of another
# branch, librarian, manager, administrator
TABLE = """
                                                                                         SRAUEOBLMD
/ GET                                                                     the library's  ++++++++++
/accessibility GET                                                        the library's  ++++++++++
/demo/mail GET                                                            the library's  0000000000
/demo/mail/<mail_id> GET                                                  another's      0000000000
/display POST                                                             the library's  ++++++++++
/events GET                                                               the library's  ++++++++++
/events.ics GET                                                           the library's  ++++++++++
/events/<program_id> GET                                                  another's      ++++++++++
/events/<program_id> GET                                                  hidden         000000++++
/events/<program_id> GET                                                  own            ++++++++++
/events/<program_id>-<slug> GET                                           another's      ++++++++++
/events/<program_id>-<slug> GET                                           hidden         000000++++
/events/<program_id>-<slug> GET                                           own            ++++++++++
/events/<program_id>/<number> GET                                         another's      ++++++++++
/events/<program_id>/<number> GET                                         hidden         0000000000
/events/<program_id>/<number> GET                                         own            ++++++++++
/events/<program_id>/<number> POST                                        another's      ++++++++++
/events/<program_id>/<number> POST                                        hidden         0000000000
/events/<program_id>/<number> POST                                        own            ++++++++++
/events/<program_id>/<number>.ics GET                                     another's      ++++++++++
/events/<program_id>/<number>.ics GET                                     hidden         0000000000
/events/<program_id>/<number>.ics GET                                     own            ++++++++++
/healthz GET                                                              the library's  ++++++++++
/help GET                                                                 the library's  ++++++++++
/ideas GET                                                                the library's  ++++++++++
/ideas/<idea_id> GET                                                      another's      ++++++++++
/ideas/<idea_id> GET                                                      hidden         00+000++++
/ideas/<idea_id> GET                                                      own            ++++++++++
/ideas/<idea_id>-<slug> GET                                               another's      ++++++++++
/ideas/<idea_id>-<slug> GET                                               hidden         00+000++++
/ideas/<idea_id>-<slug> GET                                               own            ++++++++++
/ideas/<idea_id>/appeal GET                                               another's      s000000000
/ideas/<idea_id>/appeal GET                                               own            s+++++++++
/ideas/<idea_id>/appeal POST                                              another's      s000000000
/ideas/<idea_id>/appeal POST                                              own            s+++++++++
/ideas/<idea_id>/edit GET                                                 another's      s000000000
/ideas/<idea_id>/edit GET                                                 hidden         s0+0000000
/ideas/<idea_id>/edit GET                                                 own            s+++++++++
/ideas/<idea_id>/edit POST                                                another's      s000000000
/ideas/<idea_id>/edit POST                                                hidden         s0!0000000
/ideas/<idea_id>/edit POST                                                own            s+++++++++
/ideas/<idea_id>/follow POST                                              another's      s+++++++++
/ideas/<idea_id>/follow POST                                              hidden         s000000000
/ideas/<idea_id>/follow POST                                              own            s+++++++++
/ideas/<idea_id>/retire POST                                              another's      s000000000
/ideas/<idea_id>/retire POST                                              hidden         s0!0000000
/ideas/<idea_id>/retire POST                                              own            s+++++++++
/ideas/<idea_id>/vote POST                                                another's      s+++++++++
/ideas/<idea_id>/vote POST                                                hidden         0000000000
/ideas/<idea_id>/vote POST                                                own            s+++++++++
/ideas/<idea_id>/vote/withdraw POST                                       another's      s+++++++++
/ideas/<idea_id>/vote/withdraw POST                                       hidden         s000000000
/ideas/<idea_id>/vote/withdraw POST                                       own            s+++++++++
/ideas/new GET                                                            the library's  ++++++++++
/ideas/new POST                                                           the library's  s+++++++++
/ideas/similar GET                                                        the library's  ++++++++++
/mark/<name> GET                                                          the library's  0000000000
/me GET                                                                   the library's  s+++++++++
/me/data POST                                                             the library's  s+++++++++
/me/devices POST                                                          the library's  s+++++++++
/me/devices/all POST                                                      the library's  s+++++++++
/me/leave GET                                                             the library's  s+++++++++
/me/leave POST                                                            the library's  s+++++++++
/me/mail GET                                                              the library's  s+++++++++
/me/mail POST                                                             the library's  s+++++++++
/me/mail/ideas/<idea_id> POST                                             another's      s+++++++++
/me/mail/ideas/<idea_id> POST                                             hidden         s+++++++++
/me/mail/ideas/<idea_id> POST                                             own            s+++++++++
/me/name GET                                                              the library's  s+++++++++
/me/name POST                                                             the library's  s+++++++++
/me/password GET                                                          the library's  s-----++++
/me/password POST                                                         the library's  s-----++++
/me/seats/<registration_id> POST                                          another's      s000000000
/me/seats/<registration_id> POST                                          own            s+++++++++
/me/sign-in GET                                                           the library's  s-----++++
/me/sign-in/app POST                                                      the library's  s-----++++
/me/sign-in/codes POST                                                    the library's  s-----!!!!
/me/sign-in/passkey POST                                                  the library's  s-----++++
/me/stay POST                                                             the library's  s+++++++++
/notices GET                                                              the library's  ++++++++++
/partner GET                                                              the library's  s--+++----
/partner/agreements/<agreement_id> GET                                    another's      s000000+++
/partner/agreements/<agreement_id> GET                                    hidden         s000000000
/partner/agreements/<agreement_id> GET                                    own            s000++0+++
/partner/agreements/<agreement_id>/end POST                               another's      s000000+++
/partner/agreements/<agreement_id>/end POST                               hidden         s000000+++
/partner/agreements/<agreement_id>/end POST                               own            s000-+0+++
/partner/agreements/<agreement_id>/send-back POST                         another's      s--000----
/partner/agreements/<agreement_id>/send-back POST                         hidden         s--0!!----
/partner/agreements/<agreement_id>/send-back POST                         own            s--0++----
/partner/agreements/<agreement_id>/sign POST                              another's      s000000000
/partner/agreements/<agreement_id>/sign POST                              hidden         s000-!0000
/partner/agreements/<agreement_id>/sign POST                              own            s000-+0000
/partner/events GET                                                       the library's  s--+++----
/partner/offers GET                                                       the library's  s--+++----
/partner/offers/<offer_id>/withdraw POST                                  another's      s--000----
/partner/offers/<offer_id>/withdraw POST                                  hidden         s--+00----
/partner/offers/<offer_id>/withdraw POST                                  own            s--0++----
/partners GET                                                             the library's  ++++++++++
/partners/offer GET                                                       the library's  ++++++++++
/partners/offer POST                                                      the library's  ++++++++++
/privacy GET                                                              the library's  ++++++++++
/readyz GET                                                               the library's  !!!!!!!!!!
/results GET                                                              the library's  ++++++++++
/results/<program_id> GET                                                 another's      ++++++++++
/results/<program_id> GET                                                 hidden         0000000000
/rules GET                                                                the library's  ++++++++++
/s/ GET                                                                   the library's  ++++++++++
/s/ POST                                                                  the library's  !!!!!!!!!!
/s/<session_id>/<code> GET                                                another's      0000000000
/s/<session_id>/<code> GET                                                own            ++++++++++
/s/<session_id>/<code> POST                                               another's      0000000000
/s/<session_id>/<code> POST                                               own            ++++++++++
/s/<session_id>/<code>/answer POST                                        another's      0000000000
/s/<session_id>/<code>/answer POST                                        own            !!!!!!!!!!
/s/answer POST                                                            the library's  !!!!!!!!!!
/s/thanks GET                                                             the library's  ++++++++++
/seats/<registration_id>/<signature> GET                                  another's      0000000000
/seats/<registration_id>/<signature> GET                                  own            ++++++++++
/seats/<registration_id>/<signature> POST                                 another's      0000000000
/seats/<registration_id>/<signature> POST                                 own            ++++++++++
/sign-in GET                                                              the library's  ++++++++++
/sign-in POST                                                             the library's  ++++++++++
/sign-in/app GET                                                          the library's  ------++++
/sign-in/app POST                                                         the library's  ------!!!!
/sign-in/code GET                                                         the library's  ++++++++++
/sign-in/code POST                                                        the library's  !!!!!!!!!!
/sign-in/link/<token> GET                                                 the library's  !!!!!!!!!!
/sign-in/link/<token> POST                                                the library's  ++++++++++
/sign-in/passkey POST                                                     the library's  !+++++++++
/sign-in/passkey/challenge POST                                           the library's  ++++++++++
/sign-in/passkey/new POST                                                 the library's  ------!!!!
/sign-in/passkey/new/challenge POST                                       the library's  ------++++
/sign-in/password GET                                                     the library's  ++++++++++
/sign-in/password POST                                                    the library's  !+++++++++
/sign-in/second-step GET                                                  the library's  ++++++++++
/sign-in/second-step POST                                                 the library's  ++++++++++
/sign-in/waiting/<waiting_id> GET                                         another's      s+++++++++
/sign-in/waiting/<waiting_id> GET                                         own            s+++++++++
/sign-in/waiting/<waiting_id> POST                                        another's      s+++++++++
/sign-in/waiting/<waiting_id> POST                                        own            s+++++++++
/sign-out POST                                                            the library's  ++++++++++
/staff GET                                                                the library's  s-----++++
/staff/events GET                                                         the library's  s-----++++
/staff/events/<program_id> GET                                            another's      s-----++++
/staff/events/<program_id> GET                                            hidden         s-----++++
/staff/events/<program_id> GET                                            own            s-----++++
/staff/events/<program_id>/<number>/answers GET                           hidden         s------+++
/staff/events/<program_id>/<number>/cancel POST                           another's      s------+++
/staff/events/<program_id>/<number>/cancel POST                           hidden         s------+++
/staff/events/<program_id>/<number>/cancel POST                           own            s------+++
/staff/events/<program_id>/<number>/close GET                             another's      s------+++
/staff/events/<program_id>/<number>/close GET                             own            s------+++
/staff/events/<program_id>/<number>/close POST                            another's      s------+++
/staff/events/<program_id>/<number>/close POST                            own            s------+++
/staff/events/<program_id>/<number>/code GET                              another's      s------+++
/staff/events/<program_id>/<number>/date GET                              another's      s------+++
/staff/events/<program_id>/<number>/date GET                              hidden         s------+++
/staff/events/<program_id>/<number>/date GET                              own            s------+++
/staff/events/<program_id>/<number>/date POST                             another's      s------+++
/staff/events/<program_id>/<number>/date POST                             hidden         s------!!!
/staff/events/<program_id>/<number>/date POST                             own            s------+++
/staff/events/<program_id>/<number>/door GET                              another's      s------+++
/staff/events/<program_id>/<number>/door GET                              own            s------+++
/staff/events/<program_id>/<number>/door POST                             another's      s------+++
/staff/events/<program_id>/<number>/door POST                             own            s------+++
/staff/events/<program_id>/<number>/postpone POST                         another's      s------+++
/staff/events/<program_id>/<number>/postpone POST                         hidden         s------!!!
/staff/events/<program_id>/<number>/postpone POST                         own            s------+++
/staff/events/<program_id>/<number>/quotes POST                           hidden         s------+++
/staff/events/<program_id>/<number>/seat GET                              another's      s------+++
/staff/events/<program_id>/<number>/seat GET                              hidden         s------+++
/staff/events/<program_id>/<number>/seat GET                              own            s------+++
/staff/events/<program_id>/<number>/seat POST                             another's      s------+++
/staff/events/<program_id>/<number>/seat POST                             hidden         s------!!!
/staff/events/<program_id>/<number>/seat POST                             own            s------+++
/staff/events/<program_id>/<number>/seat/<registration_id>/cancel POST    another's      s------+++
/staff/events/<program_id>/<number>/seats POST                            another's      s------+++
/staff/events/<program_id>/<number>/seats POST                            hidden         s------+++
/staff/events/<program_id>/<number>/seats POST                            own            s------+++
/staff/events/<program_id>/again POST                                     hidden         s------!!!
/staff/events/<program_id>/discard POST                                   hidden         s------+++
/staff/events/<program_id>/plan/<step> GET                                hidden         s------+++
/staff/events/<program_id>/plan/<step> POST                               hidden         s------+++
/staff/events/<program_id>/plan/agreement POST                            hidden         s------+++
/staff/events/<program_id>/plan/publish POST                              hidden         s------!!!
/staff/events/<program_id>/results GET                                    hidden         s------+++
/staff/events/<program_id>/results POST                                   hidden         s------+++
/staff/events/<program_id>/results/preview GET                            hidden         s------+++
/staff/events/held GET                                                    the library's  s-----++++
/staff/events/held POST                                                   the library's  s-----!!!!
/staff/events/new GET                                                     the library's  s-----++++
/staff/events/new POST                                                    the library's  s------+++
/staff/ideas GET                                                          the library's  s-----++++
/staff/ideas/<idea_id>/answer GET                                         another's      s------+++
/staff/ideas/<idea_id>/answer GET                                         hidden         s------+++
/staff/ideas/<idea_id>/answer GET                                         own            s------+++
/staff/ideas/<idea_id>/answer POST                                        another's      s------+++
/staff/ideas/<idea_id>/answer POST                                        hidden         s------!!!
/staff/ideas/<idea_id>/answer POST                                        own            s------+++
/staff/ideas/<idea_id>/plan POST                                          hidden         s------+++
/staff/ideas/<idea_id>/plan/<step> GET                                    hidden         s------+++
/staff/ideas/<idea_id>/plan/<step> POST                                   hidden         s------+++
/staff/ideas/<idea_id>/plan/agreement POST                                hidden         s------!!!
/staff/ideas/<idea_id>/plan/publish POST                                  hidden         s------!!!
/staff/ideas/<idea_id>/support POST                                       another's      s------+++
/staff/ideas/<idea_id>/support POST                                       hidden         s-----0000
/staff/ideas/<idea_id>/support POST                                       own            s------+++
/staff/ideas/new GET                                                      the library's  s-----++++
/staff/ideas/new POST                                                     the library's  s-----!+++
/staff/ideas/quiet GET                                                    the library's  s-----++++
/staff/ideas/quiet POST                                                   the library's  s------+++
/staff/partners GET                                                       the library's  s-----++++
/staff/partners/<organisation_id> POST                                    another's      s-----++++
/staff/partners/<organisation_id> POST                                    hidden         s-----!!!!
/staff/partners/all GET                                                   the library's  s-----++++
/staff/partners/offers/<offer_id> POST                                    another's      s------+++
/staff/partners/offers/<offer_id> POST                                    hidden         s------+++
/staff/partners/offers/<offer_id> POST                                    own            s------+++
/staff/reports GET                                                        the library's  s-------++
/staff/reports/ideas GET                                                  the library's  s-------++
/staff/reports/promises GET                                               the library's  s-------++
/staff/reports/sessions GET                                               the library's  s-------++
/staff/reports/statistics.csv GET                                         the library's  s-------++
/staff/reports/way GET                                                    the library's  s-------++
/staff/review GET                                                         the library's  s-----++++
/staff/review/<idea_id> GET                                               another's      s-----++++
/staff/review/<idea_id> GET                                               own            s-----++++
/staff/review/<idea_id> POST                                              another's      s------+++
/staff/review/<idea_id> POST                                              own            s---------
/staff/settings GET                                                       the library's  s-------++
/staff/settings/branches GET                                              the library's  s--------+
/staff/settings/branches.csv GET                                          the library's  s--------+
/staff/settings/branches/<id> GET                                         the library's  s--------+
/staff/settings/branches/<id> POST                                        the library's  s--------+
/staff/settings/branches/<id>/close POST                                  the library's  s--------!
/staff/settings/branches/<id>/remove POST                                 the library's  s--------!
/staff/settings/branches/<id>/reopen POST                                 the library's  s--------+
/staff/settings/branches/file GET                                         the library's  s--------+
/staff/settings/branches/file POST                                        the library's  s--------!
/staff/settings/branches/new GET                                          the library's  s--------+
/staff/settings/branches/new POST                                         the library's  s--------+
/staff/settings/closed-days GET                                           the library's  s--------+
/staff/settings/closed-days POST                                          the library's  s--------+
/staff/settings/closed-days.csv GET                                       the library's  s--------+
/staff/settings/closed-days/<closed_id>/open POST                         the library's  s--------+
/staff/settings/closed-days/file GET                                      the library's  s--------+
/staff/settings/closed-days/file POST                                     the library's  s--------!
/staff/settings/library GET                                               the library's  s--------+
/staff/settings/library POST                                              the library's  s--------+
/staff/settings/look GET                                                  the library's  s--------+
/staff/settings/look POST                                                 the library's  s--------+
/staff/settings/look/<colour>.css GET                                     the library's  s--------+
/staff/settings/mail GET                                                  the library's  s--------+
/staff/settings/mail POST                                                 the library's  s--------+
/staff/settings/mark GET                                                  the library's  s--------+
/staff/settings/mark POST                                                 the library's  s--------!
/staff/settings/mark/<name> GET                                           the library's  s--------0
/staff/settings/mark/take-off POST                                        the library's  s--------+
/staff/settings/mark/wear POST                                            the library's  s--------+
/staff/settings/people GET                                                the library's  s--------+
/staff/settings/people POST                                               the library's  s--------+
/staff/settings/people.csv GET                                            the library's  s--------+
/staff/settings/people/<person_id>/reset POST                             another's      s--------+
/staff/settings/people/<person_id>/take-back POST                         another's      s--------+
/staff/settings/people/file GET                                           the library's  s--------+
/staff/settings/people/file POST                                          the library's  s--------+
/staff/settings/privacy GET                                               the library's  s--------+
/staff/settings/privacy POST                                              the library's  s--------+
/staff/settings/promises GET                                              the library's  s-------++
/staff/settings/promises POST                                             the library's  s-------++
/staff/settings/replies GET                                               the library's  s-------++
/staff/settings/replies/<reply_id> GET                                    the library's  s-------++
/staff/settings/replies/<reply_id> POST                                   the library's  s-------++
/staff/settings/replies/<reply_id>/drop POST                              the library's  s-------++
/staff/settings/replies/new GET                                           the library's  s-------++
/staff/settings/replies/new POST                                          the library's  s-------++
/staff/settings/rooms GET                                                 the library's  s--------+
/staff/settings/rooms.csv GET                                             the library's  s--------+
/staff/settings/rooms/<id> GET                                            the library's  s--------+
/staff/settings/rooms/<id> POST                                           the library's  s--------+
/staff/settings/rooms/<id>/close POST                                     the library's  s--------+
/staff/settings/rooms/<id>/remove POST                                    the library's  s--------+
/staff/settings/rooms/<id>/reopen POST                                    the library's  s--------+
/staff/settings/rooms/file GET                                            the library's  s--------+
/staff/settings/rooms/file POST                                           the library's  s--------!
/staff/settings/rooms/new GET                                             the library's  s--------+
/staff/settings/rooms/new POST                                            the library's  s--------+
/staff/settings/rules GET                                                 the library's  s-------++
/staff/settings/rules POST                                                the library's  s-------++
/staff/settings/topics GET                                                the library's  s--------+
/staff/settings/topics.csv GET                                            the library's  s--------+
/staff/settings/topics/<id> GET                                           the library's  s--------+
/staff/settings/topics/<id> POST                                          the library's  s--------+
/staff/settings/topics/<id>/close POST                                    the library's  s--------+
/staff/settings/topics/<id>/remove POST                                   the library's  s--------!
/staff/settings/topics/<id>/reopen POST                                   the library's  s--------+
/staff/settings/topics/file GET                                           the library's  s--------+
/staff/settings/topics/file POST                                          the library's  s--------!
/staff/settings/topics/new GET                                            the library's  s--------+
/staff/settings/topics/new POST                                           the library's  s--------+
/staff/settings/words GET                                                 the library's  s-------++
/staff/settings/words POST                                                the library's  s-------++
/stay/<person_id>/<signature> GET                                         another's      0000000000
/stay/<person_id>/<signature> GET                                         own            ++++++++++
/stay/<person_id>/<signature> POST                                        another's      0000000000
/stay/<person_id>/<signature> POST                                        own            ++++++++++
/stop/<person_id>/<idea_id>/<signature> GET                               another's      0000000000
/stop/<person_id>/<idea_id>/<signature> GET                               own            ++++++++++
/stop/<person_id>/<idea_id>/<signature> POST                              another's      0000000000
/stop/<person_id>/<idea_id>/<signature> POST                              own            ++++++++++
/stop/<person_id>/<signature> GET                                         another's      0000000000
/stop/<person_id>/<signature> GET                                         own            ++++++++++
/stop/<person_id>/<signature> POST                                        another's      0000000000
/stop/<person_id>/<signature> POST                                        own            ++++++++++
/stop/guest/<mailbox>/<signature> GET                                     another's      0000000000
/stop/guest/<mailbox>/<signature> GET                                     own            ++++++++++
/stop/guest/<mailbox>/<signature> POST                                    another's      0000000000
/stop/guest/<mailbox>/<signature> POST                                    own            ++++++++++
/t/<code> GET                                                             own            ++++++++++
/theme-<name>.css GET                                                     the library's  ++++++++++
"""
