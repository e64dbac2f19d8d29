/* What binds whom: the questions of core/timeline.py once more, for the browser.
 *
 * Python has decided whatever is not a person's own: each revision's posting, from when it takes effect or how long it
 * is offered, which correction stands for what, and the rows of both audiences. formats/on_json.py shows the data. Here
 * is rule 3, applied to one person. Laws and golden cases hold this file to Python's answers.
 */
import {parseDay, parseInstant, readInstant, Wrong, Zone} from "./instant.js"

export const AUDIENCES = ["current_users", "new_users"]

/** The record of one policy as a page has it. */
export class Timeline {
  constructor(data) {
    this.policy = data.policy
    this.zone = new Zone(data.zone)
    this.rows = Object.fromEntries(AUDIENCES.map(one => [one, data.in_force[one].map(readSpan)]))
    this.revisions = data.revisions.map(readRevision)
    this.byName = new Map(this.revisions.map(one => [one.name, one]))
    this.corrections = new Map()
    for (const one of this.revisions.filter(each => each.standsFor !== null)) {
      this.corrections.set(one.standsFor, [...this.corrections.get(one.standsFor) ?? [], one])
    }
  }

  /** The row's answer at the instant: who is meant is told in in-force.json's documentation. */
  on(audience, instant) {
    return answerIn(this.rows[audience], instant)
  }

  /** What bound a person at the instant (rule 3); `accepted` is a list of {revision, instant}. */
  binding(joined, accepted, instant) {
    return answerIn(this.spansOf(joined, accepted), instant)
  }

  /** Everything that ever binds this person, as far as is known. */
  spansOf(joined, accepted) {
    const beginnings = this._beginnings(joined, accepted).sort(byStartAndRank)
    const before = beginnings.filter(one => one.start <= joined)
    const turns = before.length ? [{...before.at(-1), start: joined}] : []
    return this._splitByCorrections(spansOfTurns([...turns, ...beginnings.filter(one => one.start > joined)]))
  }

  /** Whether an acceptance is one: of a text that was posted, and on offer to this person then. */
  counts(joined, {revision, instant}) {
    const text = this.byName.get(revision)
    const root = text && this.byName.get(text.standsFor ?? text.name)
    const offer = root && root[audienceOf(joined, root)]?.offer
    return Boolean(offer && text.posted <= instant && contains(offer, instant))
  }

  /** Whether a text binds this person only if they accept it. */
  needsAcceptance(joined, name) {
    const root = this.byName.get(this.rootOf(name))
    return Boolean(root[audienceOf(joined, root)]?.offer)
  }

  _beginnings(joined, accepted) {
    const row = this.rows.new_users.find(span => contains(span, joined))
    const isDisplaced = row !== undefined && row.basis === "offered"
    const beginnings = []
    for (const [rank, revision] of this.revisions.entries()) {
      const audience = audienceOf(joined, revision)
      const turn = revision[audience]
      if (revision.standsFor !== null || turn === null) continue
      const start = turn.offer ? this._acceptedAt(revision, joined, accepted) : turn.start
      if (start === null) continue
      if (!turn.offer && isDisplaced && audience === "new_users" && start <= joined) continue
      beginnings.push({start, rank, revision: revision.name})
    }
    return beginnings
  }

  _acceptedAt(root, joined, accepted) {
    const instants = accepted
      .filter(one => this.byName.has(one.revision) && this.rootOf(one.revision) === root.name)
      .filter(one => this.counts(joined, one))
      .map(one => one.instant)
    return instants.length ? instants.reduce((one, other) => (other < one ? other : one)) : null
  }

  /** The substantive revision that a revision is, or corrects. */
  rootOf(name) {
    return this.byName.get(name).standsFor ?? name
  }

  _standing(root, instant) {
    return this.corrections.get(root)?.filter(one => one.posted <= instant).at(-1)?.name ?? root
  }

  _splitByCorrections(spans) {
    return spans.flatMap(span => {
      const within = (this.corrections.get(span.revision) ?? []).map(one => one.posted)
        .filter(posted => span.start < posted && contains(span, posted))
      const starts = [span.start, ...within]
      return starts.map((start, place) => ({
        revision: this._standing(span.revision, start), basis: span.basis, start, until: starts[place + 1] ?? span.until,
      })).filter(one => one.start !== one.until)
    })
  }
}

/** What `inforce which --json` answers.
 *
 * The question has texts: {on, audience} or {on, joined, accepted: [[revision, instant], …]}. Throws `Wrong`.
 */
export function which(timeline, {on, audience, joined, accepted = []}) {
  const {zone, policy} = timeline
  const instant = moment(on, zone)
  const registered = audience === undefined ? moment(joined, zone) : null
  const acceptances = accepted.map(([revision, text]) => {
    if (!timeline.byName.has(revision)) throw new Wrong("no_revision", {policy, revision})
    return {revision, instant: moment(text, zone)}
  })
  const answer = registered === null ? timeline.on(audience, instant) : timeline.binding(registered, acceptances, instant)
  return {
    ...(registered === null ? {audience} : {joined: zone.format(registered)}),
    basis: answer.basis,
    from: answer.start === null ? null : zone.format(answer.start),
    on: zone.format(instant),
    policy,
    revision: answer.revision,
    until: answer.until === null ? null : zone.format(answer.until),
  }
}

/** The instant that a text means: a day is its first instant in the zone. Throws `Wrong`. */
export function moment(text, zone) {
  const day = parseDay(text)
  const instant = day === null ? parseInstant(text) : zone.firstInstant(day)
  if (instant === null) throw new Wrong("no_moment", {text})
  return instant
}

function audienceOf(joined, revision) {
  return joined < revision.posted ? "current_users" : "new_users"
}

function byStartAndRank(one, other) {
  if (one.start !== other.start) return one.start < other.start ? -1 : 1
  return one.rank - other.rank
}

function contains({start, until}, instant) {
  return start <= instant && (until === null || instant < until)
}

/** Spans from turns in order: of one instant the last counts. */
function spansOfTurns(turns) {
  const decided = turns.filter((one, place) => turns[place + 1]?.start !== one.start)
  return decided.map((one, place) => ({
    revision: one.revision, basis: "binds", start: one.start, until: decided[place + 1]?.start ?? null,
  }))
}

function answerIn(spans, instant) {
  const place = spans.findLastIndex(span => span.start <= instant)
  if (place >= 0 && contains(spans[place], instant)) return spans[place]
  return {
    revision: null, basis: null, start: spans[place]?.until ?? null, until: spans[place + 1]?.start ?? null,
  }
}

function readSpan({revision, basis, from, until}) {
  return {revision, basis, start: readInstant(from), until: until === null ? null : readInstant(until)}
}

function readRevision(entry) {
  const turns = AUDIENCES.map(audience => [audience, readTurn(entry[audience] ?? null)])
  return {
    name: entry.revision, posted: readInstant(entry.posted), standsFor: entry.stands_for ?? null,
    ...Object.fromEntries(turns),
  }
}

function readTurn(turn) {
  if (turn === null) return null
  if (turn.from !== undefined) return {start: readInstant(turn.from)}
  const {from, until} = turn.offered
  return {offer: {start: readInstant(from), until: until === null ? null : readInstant(until)}}
}
