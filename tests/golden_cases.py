"""Questions with their answers, for whoever answers them: the command, and the page of a policy.

Each case is a policy, posted with real git: its postings (instant, revision, what it says), and questions. A question
names who asks (an audience, or an instant of registration with what was accepted), the instant that is asked about, and
the revision that is the answer; `?` before it where it is only offered, `-` where there is none.
"""

from dataclasses import dataclass

from qstore_site import CONFIG
from repository import TERMS, Repository, revision
from repository import instant as when

AS_OF = "2024-01-01T00:00:00+09:00"
FIRST = "# Policy\n\nThe first text.\n"


@dataclass(frozen=True)
class Question:
    """A question as texts, and the revision that is the answer, marked as above."""

    on: str
    who: str
    accepted: tuple[str, ...]
    answer: str

    @property
    def is_of_audience(self):
        return self.who in ("current_users", "new_users")

    @property
    def options(self):
        """The options of `inforce which`."""
        who = ["--audience" if self.is_of_audience else "--joined", self.who]
        return ["--on", self.on, *who, *(f"--accepted={one}" for one in self.accepted)]

    @property
    def values(self):
        """The question as the page's script takes it."""
        if self.is_of_audience:
            return {"on": self.on, "audience": self.who}
        return {"on": self.on, "joined": self.who, "accepted": [one.split("@", 1) for one in self.accepted]}


@dataclass(frozen=True)
class Case:
    """A policy's time zone, its postings, and the questions about it."""

    zone: str
    postings: tuple[tuple[str, str, str], ...]
    questions: tuple[Question, ...]


def case(zone, postings, questions):
    asked = (Question(on, who, tuple(accepted.split()), answer) for who, accepted, on, answer in questions)
    return Case(zone, tuple(postings), tuple(asked))


CASES = {
    "the-month-between": case(
        "Asia/Seoul",
        [
            ("2014-03-01T00:00:00+09:00", "2014-03-01", ""),
            (
                "2018-04-10T09:00:00+09:00",
                "2018-04-10",
                "effective: {current_users: 2018-05-10, new_users: on acceptance}",
            ),
        ],
        [
            ("2016-07-01", "", "2018-05-09", "2014-03-01"),
            ("2016-07-01", "", "2018-05-10", "2018-04-10"),
            ("2016-07-01", "2018-04-10@2018-04-20", "2018-05-09", "2014-03-01"),  # nobody asked this person
            ("2018-04-09", "2014-03-01@2018-04-09", "2018-05-09", "2014-03-01"),
            ("2018-04-20", "2018-04-10@2018-04-20", "2018-05-09", "2018-04-10"),
            ("2018-04-20", "2018-04-10@2018-06-01 2018-04-10@2018-04-25", "2018-04-25", "2018-04-10"),
            ("2018-04-20", "", "2018-05-09", "-"),
            ("2018-04-20", "", "2018-05-10", "-"),
            ("2018-04-20", "2018-04-10@2018-04-20", "2018-04-19", "-"),  # before the registration
            ("2018-04-10T08:59:59.999999+09:00", "", "2018-04-10T09:00:00+09:00", "2014-03-01"),
            ("2018-04-10T09:00:00+09:00", "", "2018-04-10T09:00:00+09:00", "-"),
            # A day begins before a posting at nine: that is no acceptance of what was not there yet.
            ("2018-04-10T12:00:00+09:00", "2018-04-10@2018-04-10", "2018-05-01", "-"),
            ("2018-04-10T12:00:00+09:00", "2018-04-10@2018-04-10T09:00:00+09:00", "2018-05-01", "2018-04-10"),
            ("2018-04-10T12:00:00+09:00", "2018-04-10@2018-04-10T08:59:59.999999+09:00", "2018-05-01", "-"),
            ("current_users", "", "2018-05-09T23:59:59.999999+09:00", "2014-03-01"),
            ("current_users", "", "2018-05-09T15:00:00Z", "2018-04-10"),
            ("current_users", "", "2014-02-28", "-"),
            ("current_users", "", "1000-01-01", "-"),  # the zone's offset had seconds then
            ("new_users", "", "2018-04-10", "2014-03-01"),
            ("new_users", "", "2018-04-10T09:00+09:00", "?2018-04-10"),
            ("new_users", "", "9000-12-31", "?2018-04-10"),
        ],
    ),
    "a-midnight-that-is-skipped": case(
        "America/Sao_Paulo",
        [
            ("2017-01-01T00:00:00-02:00", "2017-01-01", ""),
            ("2017-09-01T12:00:00-03:00", "2017-09-01", "effective: 2017-10-15"),
        ],
        [
            ("2017-02-01", "", "2017-10-15", "2017-09-01"),
            ("2017-02-01", "", "2017-10-15T00:00:00-03:00", "2017-09-01"),
            ("2017-02-01", "", "2017-10-15T00:59:59-02:00", "2017-01-01"),
            ("2017-10-15", "", "2017-10-15", "2017-09-01"),
            ("2018-02-18", "", "2018-02-18", "2017-09-01"),  # a midnight that comes twice: the first
            ("current_users", "", "2018-02-18", "2017-09-01"),
        ],
    ),
    "days-that-are-longer": case(
        "Europe/Berlin",
        [
            ("2018-01-01T00:00:00+01:00", "2018-01-01", ""),
            ("2018-02-23T02:30:00+01:00", "2018-02-23", "effective: 30 days after posting"),
            ("2018-09-28T02:30:00+02:00", "2018-09-28", "effective: 30 days after posting"),
        ],
        [
            ("2018-01-02", "", "2018-03-25", "2018-01-01"),
            ("2018-01-02", "", "2018-03-25T03:29:59+02:00", "2018-01-01"),
            ("2018-01-02", "", "2018-03-25T03:30:00+02:00", "2018-02-23"),
            ("2018-01-02", "", "2018-10-28T02:30:00+02:00", "2018-09-28"),
            ("2018-01-02", "", "2018-10-28T02:29:59.999999+02:00", "2018-02-23"),
            ("2018-01-02", "", "2018-10-28T02:00:00+01:00", "2018-09-28"),
            ("new_users", "", "2018-10-29", "2018-09-28"),
            ("new_users", "", "2500-07-01", "2018-09-28"),  # by the zone's rule for all years to come
            ("new_users", "", "2501-01-01", "2018-09-28"),
            ("2400-03-25", "", "8999-10-28T02:30:00+02:00", "2018-09-28"),
        ],
    ),
    "a-day-that-is-not-there": case(
        "Pacific/Apia",
        [
            ("2011-01-01T00:00:00-10:00", "2011-01-01", ""),
            ("2011-12-01T00:00:00-10:00", "2011-12-01", "effective: 2011-12-30"),
        ],
        [
            ("2011-02-01", "", "2011-12-29", "2011-01-01"),
            ("2011-02-01", "", "2011-12-30", "2011-12-01"),
            ("2011-02-01", "", "2011-12-31", "2011-12-01"),
            ("2011-12-30", "", "2011-12-31", "2011-12-01"),
        ],
    ),
    "corrections": case(
        "Asia/Seoul",
        [
            ("2020-01-01T00:00:00+09:00", "2020-01-01", ""),
            (
                "2020-02-01T10:00:00+09:00",
                "2020-02-01",
                "effective: {current_users: 2020-04-01, new_users: on acceptance}",
            ),
            ("2020-02-15T10:00:00+09:00", "2020-02-15", "corrects: 2020-02-01"),
            ("2020-03-15T10:00:00+09:00", "2020-03-15", "corrects: 2020-01-01"),
            ("2020-03-20T10:00:00+09:00", "2020-03-20", "corrects: 2020-02-15"),
            ("2020-05-01T10:00:00+09:00", "2020-05-01-a", "corrects: 2020-03-20"),
            ("2020-05-01T10:00:00+09:00", "2020-05-01-b", "corrects: 2020-05-01-a"),
        ],
        [
            ("2020-02-10", "2020-02-01@2020-02-10", "2020-02-12", "2020-02-01"),
            ("2020-02-10", "2020-02-01@2020-02-10", "2020-02-16", "2020-02-15"),
            ("2020-02-20", "2020-02-15@2020-02-20", "2020-02-21", "2020-02-15"),
            ("2020-02-20", "2020-02-01@2020-02-20", "2020-03-21", "2020-03-20"),
            ("2020-02-10", "2020-02-15@2020-02-10", "2020-02-16", "-"),  # accepted before it was posted
            ("2020-02-10", "2020-02-15@2020-02-15T10:00:00+09:00", "2020-02-16", "2020-02-15"),
            ("2020-01-10", "", "2020-03-15T09:59:59.999999+09:00", "2020-01-01"),
            ("2020-01-10", "", "2020-03-15T10:00:00+09:00", "2020-03-15"),
            ("2020-01-10", "", "2020-04-01", "2020-03-20"),
            ("2020-01-10", "", "2020-05-02", "2020-05-01-b"),
            ("2020-03-16", "2020-05-01-a@2020-05-03", "2020-05-04", "2020-05-01-b"),
            ("new_users", "", "2020-02-14", "?2020-02-01"),
            ("new_users", "", "2020-06-01", "?2020-05-01-b"),
            ("current_users", "", "2020-03-16", "2020-03-15"),
        ],
    ),
    "overtaken": case(
        "Asia/Seoul",
        [
            ("2020-01-01T00:00:00+09:00", "2020-01-01", ""),
            (
                "2020-03-01T10:00:00+09:00",
                "2020-03-01",
                "effective: {current_users: 2020-04-01, new_users: on posting}",
            ),
            ("2020-03-20T10:00:00+09:00", "2020-03-20", "effective: 2020-05-01\novertakes: 2020-03-01"),
        ],
        [
            ("2020-01-10", "", "2020-04-15", "2020-01-01"),
            ("2020-03-10", "", "2020-04-15", "2020-03-01"),
            ("2020-01-10", "", "2020-05-01", "2020-03-20"),
            ("2020-03-10", "", "2020-04-30T23:59:59.999999+09:00", "2020-03-01"),
            ("2020-03-25", "", "2020-04-15", "2020-03-01"),
            ("current_users", "", "2020-04-15", "2020-01-01"),
            ("new_users", "", "2020-04-15", "2020-03-01"),
        ],
    ),
    "kept": case(
        "Asia/Seoul",
        [
            ("2020-01-01T00:00:00+09:00", "2020-01-01", ""),
            ("2020-03-01T10:00:00+09:00", "2020-03-01", "effective: 2020-05-01"),
            ("2020-03-20T10:00:00+09:00", "2020-03-20", "keeps: 2020-03-01"),
            ("2020-06-01T10:00:00+09:00", "2020-06-01", "effective: 2020-07-01"),
            ("2020-06-02T10:00:00+09:00", "2020-06-02", "effective: 2020-07-01\nkeeps: 2020-06-01"),
        ],
        [
            ("2020-01-10", "", "2020-03-21", "2020-03-20"),
            ("2020-01-10", "", "2020-05-01", "2020-03-01"),
            ("2020-06-01T12:00:00+09:00", "", "2020-06-30", "2020-03-01"),
            ("2020-01-10", "", "2020-07-01", "2020-06-02"),  # of equal beginnings the later posted
            ("2020-07-01", "", "2020-07-01", "2020-06-02"),
            ("new_users", "", "2020-07-01", "2020-06-02"),
        ],
    ),
    "offers-that-lapse": case(
        "Asia/Seoul",
        [
            ("2020-01-01T00:00:00+09:00", "2020-01-01", ""),
            (
                "2020-02-01T10:00:00+09:00",
                "2020-02-01",
                "effective: {current_users: 2020-03-01, new_users: on acceptance}",
            ),
            (
                "2020-06-01T10:00:00+09:00",
                "2020-06-01",
                "effective: {current_users: 2020-08-01, new_users: on acceptance}",
            ),
            (
                "2020-09-01T10:00:00+09:00",
                "2020-09-01",
                "effective: {current_users: 2020-11-01, new_users: 2020-10-01}\novertakes: 2020-06-01",
            ),
        ],
        [
            ("2020-02-10", "2020-02-01@2020-05-01", "2020-07-15", "2020-02-01"),
            ("2020-02-10", "2020-02-01@2020-06-01T09:59:59.999999+09:00", "2020-07-15", "2020-02-01"),
            ("2020-02-10", "2020-02-01@2020-06-01T10:00:00+09:00", "2020-07-15", "-"),
            ("2020-02-10", "2020-02-01@2020-02-01T10:00:00+09:00", "2020-02-10", "2020-02-01"),
            ("2020-02-10", "2020-02-01@2020-07-01", "2020-08-01", "2020-06-01"),
            ("2020-06-10", "2020-02-01@2020-06-10", "2020-06-11", "-"),
            ("2020-06-10", "2020-06-01@2020-09-01T10:00:00+09:00", "2020-09-02", "-"),
            ("2020-06-10", "2020-06-01@2020-09-01T09:59:59+09:00", "2020-09-02", "2020-06-01"),
            ("2020-06-10", "", "2020-11-01", "2020-09-01"),
            ("2020-09-10", "", "2020-09-10", "2020-01-01"),  # the offer was withdrawn: what bound before binds again
            ("2020-10-01", "", "2020-10-01", "2020-09-01"),
            ("new_users", "", "2020-08-31", "?2020-06-01"),
            ("new_users", "", "2020-09-10", "2020-01-01"),
        ],
    ),
    "two-by-one-commit": case(
        "UTC",
        [
            ("2020-01-01T00:00:00+00:00", "2020-01-01", ""),
            ("2020-02-01T10:00:00+00:00", "2020-02-01-a", "effective: {new_users: on acceptance}"),
            ("2020-02-01T10:00:00+00:00", "2020-02-01-b", "effective: {current_users: on acceptance}"),
        ],
        [
            ("2020-01-10", "", "2020-02-01T10:00:00Z", "2020-02-01-a"),
            ("2020-01-10", "2020-02-01-b@2020-02-01T10:00:00Z", "2020-02-01T10:00:00Z", "2020-02-01-b"),
            ("2020-02-01T10:00:00Z", "2020-02-01-a@2020-02-01T10:00:00Z", "2020-02-01T10:00:00Z", "2020-02-01-b"),
            ("2020-02-01T09:59:59Z", "", "2020-02-01T09:59:59.999999Z", "2020-01-01"),
            ("new_users", "", "2020-02-01T10:00:00Z", "2020-02-01-b"),
            ("current_users", "", "2020-02-01t10:00:00.000001z", "2020-02-01-a"),
        ],
    ),
    "never-and-offered-to-current-users": case(
        "America/New_York",
        [
            ("2019-01-01T00:00:00-05:00", "2019-01-01", ""),
            ("2020-01-15T10:00:00-05:00", "2020-01-15", "effective: {current_users: never, new_users: on posting}"),
            ("2021-01-15T10:00:00-05:00", "2021-01-15", "effective: {current_users: on acceptance, new_users: never}"),
        ],
        [
            ("2019-06-01", "", "2021-01-01", "2019-01-01"),
            ("2020-02-01", "", "2021-01-01", "2020-01-15"),
            ("2019-06-01", "2021-01-15@2021-03-14", "2021-03-14", "2021-01-15"),  # clocks turn on that day
            ("2020-02-01", "2021-01-15@2021-11-07", "2021-11-06", "2020-01-15"),
            ("2020-02-01", "2021-01-15@2021-11-07", "2021-11-07", "2021-01-15"),
            ("2021-02-01", "2021-01-15@2021-02-01", "2021-03-01", "2020-01-15"),  # not on offer to new users
            ("new_users", "", "2021-03-01", "2020-01-15"),
            ("current_users", "", "2021-03-01", "2019-01-01"),
        ],
    ),
    "posted-after-the-question": case(
        "Asia/Seoul",
        [
            ("2023-01-01T00:00:00+09:00", "2023-01-01", ""),
            ("2023-12-20T00:00:00+09:00", "2023-12-20", "effective: 2024-02-01"),
            ("2024-01-20T00:00:00+09:00", "2024-01-20", "overtakes: 2023-12-20"),  # not known yet at AS_OF
        ],
        [
            ("current_users", "", "2024-02-01", "2023-12-20"),
            ("new_users", "", "2024-01-31", "2023-01-01"),
            ("2023-05-01", "", "2024-03-01", "2023-12-20"),
        ],
    ),
}


def posted(folder):
    """All cases as policies of one repository."""
    repo = Repository(folder / "repo", folder / "home")
    (repo.folder / "mkdocs.yml").write_text(CONFIG)
    (repo.folder / "docs").mkdir()
    (repo.folder / "docs/index.md").write_text("# Cases\n")
    commits = {}
    for policy, one in CASES.items():
        for place, (instant, name, says) in enumerate(one.postings):
            files = commits.setdefault(instant, {})
            files[f"{policy}/policy.yml"] = TERMS.replace("Asia/Seoul", one.zone).replace("Privacy Policy", policy)
            files[f"{policy}/{name}.md"] = _text(name, says) if place else FIRST
    for instant, files in sorted(commits.items(), key=lambda one: when(one[0])):
        repo.commit(instant, files)
    return repo


def _text(name, says):
    change = "editorial" if says.startswith("corrects") else "material"
    return revision(f"change: {change}\nsummary: What changed.\n{says}", f"# Policy\n\nThe text of {name}.\n")
