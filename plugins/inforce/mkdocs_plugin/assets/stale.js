/* Tells when a page has become older than what it says.
 *
 * A page carries the next instant at which something changes by itself, as far as was known when it was built. Until
 * then nothing is done and nothing is asked of the server. From then on the policy's in-force.json, which may be of a
 * newer build than the page, says what is different now; the page says so at its top. formats/built_json.py shows what
 * the page carries.
 */
import {dayIn, element, momentIn, onEachPage, said} from "./words.js"

/* Timers stand still while a machine sleeps, and cannot wait for more than 2^31 milliseconds: so look now and then. */
const LONGEST = 3_600_000
const RETRY = 300_000
const AUDIENCES = ["current_users", "new_users"]

class Watch {
  constructor(box) {
    const {policies, revision, words, is_of_all: isOfAll} = JSON.parse(box.dataset.built)
    this.box = box
    this.revision = revision
    this.isOfAll = isOfAll
    this.words = words
    this.policies = policies.map(one => ({...one, due: Date.parse(one.next_change), news: []}))
    this.isLooking = false
    this.stop = new AbortController()
    for (const [target, event] of [[document, "visibilitychange"], [window, "pageshow"]]) {
      target.addEventListener(event, () => this.look(), {signal: this.stop.signal})
    }
  }

  /** Compare the clock with what is due; tell what has changed; look again in time. */
  async look() {
    if (this.isLooking) return
    clearTimeout(this.timer)
    if (!this.box.isConnected) {
      this.stop.abort()
      return
    }
    this.isLooking = true
    const due = this.policies.filter(one => one.due <= Date.now())
    await Promise.all(due.map(one => this.learn(one)))
    if (due.length) this.tell()
    this.isLooking = false
    const next = Math.min(...this.policies.map(one => one.due)) - Date.now()
    if (next !== Infinity) this.timer = setTimeout(() => this.look(), next > 0 ? Math.min(next, LONGEST) : RETRY)
  }

  /** What has changed of a policy since the page was built. */
  async learn(policy) {
    const address = new URL(policy.in_force, document.baseURI)
    try {
      const answer = await fetch(address, {cache: "no-cache"})
      if (!answer.ok) throw new Error(answer.status)
      const table = await answer.json()
      policy.news = this.newsOf(policy, table, address)
      policy.due = nextChange(table)
    } catch {
      const link = element("a", {href: new URL("./", address)}, policy.title)
      policy.news = [this.line("stale.unread", {due: this.moment(policy.next_change), policy: link})]
    }
  }

  newsOf(policy, table, address) {
    const now = Date.now()
    const entries = new Map(table.revisions.map(one => [one.revision, one]))
    const link = name => this.link(entries.get(name), table, address)
    const told = new Set()
    const news = []
    for (const audience of AUDIENCES) {
      const row = table.in_force[audience]
      const span = row.findLast(one => Date.parse(one.from) <= now)
      const isOpen = span && (span.until === null || now < Date.parse(span.until))
      const stands = isOpen ? span : null
      const was = policy.rows[audience]
      if (stands?.revision === was?.revision && stands?.basis === was?.basis) continue
      told.add(stands?.revision)
      const since = this.moment(stands ? stands.from : span.until)
      const message = `stale.${audience}.${stands ? stands.basis : "nothing"}`
      news.push(this.line(message, {since, revision: stands ? link(stands.revision) : ""}))
    }
    const built = Date.parse(policy.as_of)
    for (const one of table.revisions.filter(each => Date.parse(each.posted) > built && !told.has(each.revision))) {
      news.push(this.line("stale.posted", {posted: this.moment(one.posted), revision: link(one.revision)}))
    }
    const history = element("a", {href: new URL("history/", address)}, this.words.messages["stale.history"])
    return news.length ? news : [this.line("stale.due", {due: this.moment(policy.next_change), history})]
  }

  /** Fill the box; it is a live region, so that readers hear of it. */
  tell() {
    const [policy] = this.policies.filter(one => one.news.length)
    const heading = this.line("stale.heading", {as_of: this.moment(policy.as_of)})
    const lists = this.policies.filter(one => one.news.length).flatMap(one => [
      ...(this.isOfAll ? [element("p", {}, element("strong", {}, element("bdi", {}, one.title)))] : []),
      element("ul", {}, ...one.news.map(line => element("li", {}, ...line))),
    ])
    this.box.classList.add("inforce-box", "inforce-box--superseded")
    this.box.replaceChildren(element("p", {class: "inforce-box__heading"}, ...heading), ...lists)
  }

  line(message, values) {
    return said(this.words.messages[message], values)
  }

  link(entry, table, address) {
    const words = entry.revision === this.revision ? this.words.messages["stale.this_text"] : this.called(entry, table)
    return element("a", {href: new URL(entry.url, address)}, words)
  }

  /** How a sentence calls a revision, as formats/words.py has it. */
  called(entry, table) {
    const day = entry.posted.slice(0, 10)
    const isAlone = table.revisions.every(one => one.posted === entry.posted || one.posted.slice(0, 10) !== day)
    const posted = isAlone ? dayIn(this.words, clockOf(entry.posted)) : momentIn(this.words, clockOf(entry.posted))
    const message = day === entry.revision ? "revision.called" : "revision.called.named"
    return this.line(message, {day: posted, name: entry.revision}).join("")
  }

  moment(instant) {
    return element("time", {datetime: instant}, momentIn(this.words, clockOf(instant)))
  }
}

/** The next instant at which the table says that something changes, in milliseconds; Infinity if none. */
function nextChange(table) {
  const spans = AUDIENCES.flatMap(audience => table.in_force[audience])
  const effects = table.revisions.flatMap(one => Object.values(one.effective))
  const instants = [...spans, ...effects].map(one => Date.parse(one.from ?? "")).filter(one => one > Date.now())
  return Math.min(...instants)
}

/** What the clocks of the policy's zone show: an instant in the data has their offset already. */
function clockOf(instant) {
  const [year, month, day, hour, minute, second] = instant.split(/[-T:+.Z]/).map(Number)
  return {year, month, day, hour, minute, second}
}

onEachPage(() => {
  for (const box of document.querySelectorAll(".inforce-stale[data-built]:not([data-watched])")) {
    box.dataset.watched = ""
    new Watch(box).look()
  }
})
