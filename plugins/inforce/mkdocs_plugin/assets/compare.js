/* The form of /<policy>/compare/: compares any two revisions, from the clauses that lie beside their texts.
 *
 * What is compared is in the address, so that a comparison can be handed on as a link:
 *     ?from=2014-03-01&to=2018-04-10
 *     ?from=2014-03-01                       with the text in force
 *     ?from=2014-03-01&since=acceptance      the same, as the answer to: what changed since I accepted?
 * Nothing of an address or a file becomes markup: it is put into texts and attributes alone.
 */
import {IDENTITY, readClauses} from "./clauses.js"
import {measure, redlineOf} from "./redline.js"
import {changeList, redlineBody} from "./redline_view.js"
import {capital, Sentences, Teller} from "./sentences.js"
import {element, onEachPage, said} from "./words.js"

const SINCE = ["acceptance", "notice"]
const [LONGEST, MOST] = [40, 5]  // So many words of a clause, and clauses of an entry, are quoted in the list of changes.
const LONGEST_NAME = 80

/** Something that keeps two revisions from being compared: a message's key, and the values for the names in it. */
class Refusal extends Error {
  constructor(key, values = {}) {
    super(key)
    this.values = values
  }
}

class Comparing {
  constructor(form) {
    const {current, languages, revisions, words} = JSON.parse(form.dataset.compare)
    this.form = form
    this.languages = languages
    this.current = current
    this.revisions = revisions.map((one, order) => ({...one, order}))
    this.byName = new Map(this.revisions.map(one => [one.revision, one]))
    this.texts = new Map()
    this.region = form.parentElement.querySelector(".inforce-compared")
    this.status = form.parentElement.querySelector(".inforce-compare__status")
    this.teller = new Teller(words, this.region.closest("[dir]").dir)
    this.turn = 0
  }

  begin() {
    const {from, to} = this.form.elements
    this.form.hidden = false
    this.form.addEventListener("submit", event => {
      event.preventDefault()
      this.submit()
    })
    this.form.querySelector(".inforce-swap").addEventListener("click", () => {
      ;[from.value, to.value] = [to.value, from.value]
      if (this.isComparing) this.submit()
    })
    addEventListener("popstate", () => {  // Links to places within the page come here too.
      if (this.form.isConnected && location.search !== this.search) this.show()
    })
    addEventListener("beforeprint", () => {  // On paper nobody can open it.
      for (const one of this.region.querySelectorAll("details")) one.open = true
    })
    this.show().then(() => placeIn(location.hash)?.scrollIntoView())
  }

  /** Compare the two in the fields, and have the address say so. */
  async submit() {
    const {from, to} = this.form.elements
    const query = new URLSearchParams({from: from.value, to: to.value})
    if (`?${query}` !== location.search) history.pushState(null, "", `${location.pathname}?${query}`)
    await this.show()
    this.region.querySelector("h2")?.focus()
  }

  /** Show what the address asks for. */
  async show() {
    this.turn += 1
    const turn = this.turn
    this.search = location.search
    this.isComparing = false
    this.region.replaceChildren()
    this.tell("")
    try {
      this.fill(location.search)
      const asked = this.askedIn(location.search)
      if (asked === null) return
      this.isComparing = true  // From here on, for whoever swaps them while the texts are on their way.
      this.form.elements.from.value = asked.old.revision
      this.form.elements.to.value = asked.new.revision
      this.tell(this.teller.say("compare.working"))
      const [old, new_] = await Promise.all([this.textOf(asked.old), this.textOf(asked.new)])
      if (turn === this.turn) this.compare(asked, old, new_)
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal
      if (turn === this.turn) this.tell(capital(this.teller.say(refusal.message, refusal.values)))
    }
  }

  /** The two revisions that an address asks for; null where it asks for none. Throws `Refusal`. */
  askedIn(search) {
    const asked = new URLSearchParams(search)
    if (!["from", "to", "since"].some(key => asked.has(key))) return null
    const [from, to, since] = ["from", "to", "since"].map(key => this.single(asked, key))
    if (since !== null && !SINCE.includes(since)) throw new Refusal("compare.wrong.since", {text: shortened(since)})
    if (from === null) throw new Refusal("compare.wrong.no_from")
    if (to === null && this.current === null) throw new Refusal("compare.wrong.no_current")
    const [old, new_] = [from, to ?? this.current].map(name => {
      if (!this.byName.has(name)) throw new Refusal("compare.wrong.no_revision", {name: shortened(name)})
      return this.byName.get(name)
    })
    if (old === new_) throw new Refusal(`compare.wrong.same${since !== null ? `.${since}` : to === null ? ".current" : ""}`)
    if (since !== null && to === null && old.order > new_.order) throw new Refusal(`compare.wrong.newer.${since}`)
    return {old, new: new_, since}
  }

  /** Put what is good in an address into the fields, and something else into the other one. */
  fill(search) {
    const asked = new URLSearchParams(search)
    const {from, to} = this.form.elements
    if (this.byName.has(asked.get("from"))) from.value = asked.get("from")
    if (this.byName.has(asked.get("to"))) to.value = asked.get("to")
    const other = this.byName.has(asked.get("to")) ? from : to
    if (from.value === to.value) other.selectedIndex += other.selectedIndex > 0 ? -1 : 1
  }

  single(asked, key) {
    const values = asked.getAll(key)
    if (values.length > 1) throw new Refusal("compare.wrong.repeated")
    return values[0] || null
  }

  /** The clauses of a revision, fetched once. Throws `Refusal`. */
  textOf(revision) {
    if (!this.texts.has(revision)) {
      const text = this.load(revision)
      this.texts.set(revision, text)
      text.catch(() => this.texts.delete(revision))
    }
    return this.texts.get(revision)
  }

  async load(revision) {
    const refusal = key => new Refusal(key, {revision: this.nameOf(revision)})
    let data
    try {
      const answer = await fetch(revision.clauses)
      if (!answer.ok) throw new TypeError(answer.statusText)
      data = await answer.json()
    } catch {
      throw refusal("compare.wrong.load")
    }
    if (data?.identity !== IDENTITY) throw refusal("compare.wrong.form")
    if (data.digest !== revision.digest || data.revision !== revision.revision) throw refusal("compare.wrong.digest")
    try {
      return readClauses(data)
    } catch {
      throw refusal("compare.wrong.form")
    }
  }

  compare({old: before, new: after, since}, old, new_) {
    const isBackwards = before.order > after.order
    const made = redlineOf(old, new_, isBackwards)
    const told = this.summary(made)
    const heading = element("h2", {id: "compared", tabindex: "-1"}, ...this.heading(before, after, since))
    this.region.replaceChildren(
      heading,
      ...(isBackwards ? [this.backwards(before)] : []),
      element("p", {class: "inforce-measure"}, told),
      ...(measure(made).changed || measure(made).moved ? this.redline(made, before, after, old, new_) : []),
    )
    this.tell(`${heading.textContent}. ${told}`, true)
  }

  backwards(later) {
    const sentence = this.teller.say("compare.backwards", {old: this.nameOf(later)})
    return element("p", {class: "inforce-backwards"}, capital(sentence))
  }

  /** The list of changes, and the text with its changes marked. */
  redline(made, before, after, old, new_) {
    const sentences = new Sentences(this.teller, made, old, new_, LONGEST, MOST)
    const options = {sentences, old, new: new_, addresses: {old: before.text, new: after.text}, ...this.languages}
    return [
      element("h3", {id: "changes"}, this.teller.say("compare.changes")),
      changeList(made, options),
      element("h3", {id: "redline"}, this.teller.say("compare.redline")),
      redlineBody(made, {...options, top: 4}),
    ]
  }

  heading(before, after, since) {
    const message = this.teller.messages[since === null ? "compare.heading" : `compare.heading.${since}`]
    const [old, new_] = [before, after].map(one => element("a", {href: one.text}, this.nameOf(one)))
    return said(message, {old, new: new_})
  }

  summary(made) {
    if (made.changes.every(one => one.done === "kept")) return this.teller.say("redline.same")
    const measured = measure(made)
    const coarse = made.isCoarse ? [this.teller.say("redline.coarse")] : []
    return [this.teller.measured(measured), this.teller.wordsCounted(measured), ...coarse].join(" ")
  }

  nameOf({revision}) {
    return [...this.form.elements.from.options].find(one => one.value === revision).textContent
  }

  /** What is announced: how far the comparison is, what came of it, or why there is none. Only the result is unseen. */
  tell(words, isSeenElsewhere = false) {
    this.status.classList.toggle("inforce-unseen", isSeenElsewhere)
    this.status.textContent = words
  }
}

/** The element to which an address leads; it was not there yet when the page was opened. */
function placeIn(hash) {
  try {
    return document.getElementById(decodeURIComponent(hash.slice(1)))
  } catch {  // A lone % sign.
    return null
  }
}

function shortened(text) {
  const letters = [...text]
  return letters.length > LONGEST_NAME ? `${letters.slice(0, LONGEST_NAME).join("")}…` : text
}

onEachPage(() => {
  for (const form of document.querySelectorAll(".inforce-compare[data-compare][hidden]")) new Comparing(form).begin()
})
