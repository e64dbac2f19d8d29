/* The form of /<policy>/on/: reads a question from its fields or from the page's address, and shows the answer.
 *
 * A question is in the address, so that an answer can be handed on as a link:
 *     ?on=2018-05-09&audience=new_users
 *     ?on=2018-05-09&joined=2018-04-20&accepted=2018-04-10@2018-04-20T12:00:00%2B09:00
 */
import {Wrong} from "./instant.js"
import {moment, Timeline, which} from "./timeline.js"
import {element, momentIn, onEachPage, said} from "./words.js"

class Asking {
  constructor(form) {
    const {words, ...data} = JSON.parse(form.dataset.record)
    this.form = form
    this.words = words
    this.asOf = data.as_of
    this.timeline = new Timeline(data)
    this.template = form.querySelector("template")
    this.rows = form.querySelector(".inforce-accepted")
    this.region = form.parentElement.querySelector(".inforce-answer")
    this.number = 0
  }

  begin() {
    const {form} = this
    form.hidden = false
    form.addEventListener("submit", event => {
      event.preventDefault()
      this.submit()
    })
    form.addEventListener("change", () => this.showPerson())
    form.querySelector(".inforce-add").addEventListener("click", () => this.addRow().revision.focus())
    addEventListener("beforeprint", () => {  // On paper nobody can open it.
      for (const one of this.region.querySelectorAll("details")) one.open = true
    })
    const asked = questionIn(location.search)
    if (asked) this.fill(asked)
    this.showPerson()
    if (asked) this.answer()
  }

  /** Put a question into the fields. */
  fill({on, audience, joined, accepted}) {
    const {form} = this
    form.elements.on.value = on
    form.elements.joined.value = joined
    for (const [revision, instant] of accepted) this.addRow(revision, instant)
    for (const radio of form.elements.audience) radio.checked = radio.value === audience
    this.isAmbiguous = (audience !== "" && (joined || accepted.length)) || ![...form.elements.audience].some(one => one.checked)
  }

  /** A further accepted text. */
  addRow(revision = "", instant = "") {
    const row = this.template.content.firstElementChild.cloneNode(true)
    const select = row.querySelector("select")
    const input = row.querySelector("input")
    for (const field of [select, input]) {
      const [label, wrong] = [field.parentElement.querySelector("label"), field.parentElement.querySelector("p")]
      this.number += 1
      field.id = label.htmlFor = `inforce-accepted-${this.number}`
      wrong.id = `${field.id}-wrong`
      field.setAttribute("aria-describedby", wrong.id)
    }
    if (revision && !this.timeline.byName.has(revision)) select.append(element("option", {value: revision}, revision))
    select.value = revision
    input.value = instant
    row.querySelector("button").addEventListener("click", () => {
      row.remove()
      this.form.querySelector(".inforce-add").focus()
    })
    this.rows.append(row)
    return {revision: select, when: input}
  }

  showPerson() {
    this.form.querySelector(".inforce-person").hidden = this.form.elements.audience.value !== ""
  }

  submit() {
    this.isAmbiguous = false
    const {question} = this.read()
    history.replaceState(history.state, "", `${location.pathname}?${addressOf(question)}`)
    if (!this.answer()) this.form.querySelector("[aria-invalid]")?.focus()
    else this.region.scrollIntoView({block: "nearest"})
  }

  /** The question in the fields, and what is wrong with it, as pairs of a field and a message. */
  read() {
    const {on, joined, audience} = this.form.elements
    const wrongs = []
    const rows = [...this.rows.children].map(row => [row.querySelector("select"), row.querySelector("input")])
    const given = rows.filter(([select, input]) => select.value || input.value.trim())
    const question = {on: on.value.trim()}
    this.check(on, wrongs)
    if (this.isAmbiguous) wrongs.push([audience[0], this.told("on.wrong.who")])
    if (audience.value !== "") return {question: {...question, audience: audience.value}, wrongs}
    this.check(joined, wrongs)
    for (const [select, input] of given) {
      if (!select.value) wrongs.push([select, this.told("on.wrong.choose")])
      else if (!this.timeline.byName.has(select.value)) {
        const values = {policy: this.timeline.policy, revision: select.value}
        wrongs.push([select, this.told("on.wrong.no_revision", values)])
      }
      this.check(input, wrongs)
    }
    const accepted = given.map(([select, input]) => [select.value, input.value.trim()])
    return {question: {...question, joined: joined.value.trim(), accepted}, wrongs}
  }

  check(field, wrongs) {
    const text = field.value.trim()
    if (!text) {
      wrongs.push([field, this.told("on.wrong.needed")])
      return
    }
    try {
      moment(text, this.timeline.zone)
    } catch (wrong) {
      if (!(wrong instanceof Wrong)) throw wrong
      wrongs.push([field, this.told(`on.wrong.${wrong.message}`, wrong.values)])
    }
  }

  /** Answer the question in the fields, or tell what is wrong with it; whether there is an answer. */
  answer() {
    for (const one of this.form.querySelectorAll(".inforce-wrong")) one.replaceChildren()
    for (const one of this.form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid")
    const {question, wrongs} = this.read()
    for (const [field, words] of wrongs) {
      const place = field.name === "audience" ? "inforce-for-wrong" : field.getAttribute("aria-describedby").split(" ").at(-1)
      field.setAttribute("aria-invalid", "true")
      document.getElementById(place).replaceChildren(...words)
    }
    this.region.className = wrongs.length ? "inforce-answer" : "inforce-answer inforce-box"
    this.region.replaceChildren(...(wrongs.length ? [] : this.shown(question, which(this.timeline, question))))
    return !wrongs.length
  }

  /** The answer as a sentence, a list of its parts, and the command that says the same. */
  shown(question, answer) {
    const who = answer.audience ?? "person"
    const isBefore = who === "person" && moment(question.on, this.timeline.zone) < moment(question.joined, this.timeline.zone)
    const kind = isBefore ? "before" : answer.basis ?? "nothing"
    const values = {on: this.when(answer.on), joined: answer.joined && this.when(answer.joined), revision: this.link(answer.revision)}
    return [
      element("p", {class: "inforce-box__heading"}, ...this.told(`on.answer.${who}.${kind}`, values)),
      ...this.idle(question),
      element("dl", {}, ...[
        ...(who === "person" ? [["on.field.accepted", this.acceptances(question)]] : []),
        ["on.answer.basis", this.told(`on.basis.${answer.basis ?? "nothing"}`)],
        ["on.from", this.edge(answer.from, "on.always")],
        ["on.until", this.edge(answer.until, "on.open")],
      ].flatMap(([key, words]) => [element("dt", {}, ...this.told(key)), element("dd", {}, ...words)])),
      element("details", {},
        element("summary", {}, ...this.told("on.answer.command")),
        element("pre", {}, element("code", {}, this.command(question)))),
    ]
  }

  /** What the person is said to have accepted, and when: the answer rests on it. */
  acceptances({accepted}) {
    const {zone} = this.timeline
    if (!accepted.length) return this.told("on.answer.accepted.none")
    return accepted.map(([revision, text]) =>
      element("div", {}, this.link(revision), " · ", this.when(zone.format(moment(text, zone)))))
  }

  /** A line for each acceptance that is none. */
  idle({joined, accepted = []}) {
    const {zone} = this.timeline
    const acceptances = accepted.map(([revision, text]) => ({revision, instant: moment(text, zone)}))
    return acceptances.filter(one => !this.timeline.counts(moment(joined, zone), one)).map(one => {
      const values = {revision: this.link(one.revision), when: this.when(zone.format(one.instant))}
      return element("p", {}, ...this.told("on.answer.idle", values))
    })
  }

  command({on, audience, joined, accepted = []}) {
    const words = ["inforce which", this.timeline.policy, "--on", on]
    words.push(...(audience === undefined ? ["--joined", joined] : ["--audience", audience]))
    words.push(...accepted.flatMap(([revision, instant]) => ["--accepted", `${revision}@${instant}`]))
    return words.join(" ")
  }

  edge(instant, otherwise) {
    return instant === null ? this.told(otherwise) : [this.when(instant), " ", element("code", {}, instant)]
  }

  when(instant) {
    const clock = this.timeline.zone.local(moment(instant, this.timeline.zone))
    return element("time", {datetime: instant}, momentIn(this.words, clock))
  }

  link(revision) {
    if (revision === null) return ""
    const option = this.template.content.querySelector(`option[value="${CSS.escape(revision)}"]`)
    return element("a", {href: option.dataset.address}, option.textContent)
  }

  told(message, values = {}) {
    return said(this.words.messages[message], values)
  }
}

/** The question in a page's address; null where there is none. */
function questionIn(search) {
  const asked = new URLSearchParams(search)
  if (!["on", "audience", "joined", "accepted"].some(key => asked.has(key))) return null
  const last = key => withSign(asked.getAll(key).at(-1) ?? "")
  const accepted = asked.getAll("accepted").filter(Boolean).map(text => {
    const place = text.indexOf("@")
    return place < 0 ? [text, ""] : [text.slice(0, place), withSign(text.slice(place + 1))]
  })
  return {on: last("on"), audience: last("audience"), joined: last("joined"), accepted}
}

/** A plus sign that somebody left as it is means a space in an address: in an instant it was one. */
function withSign(text) {
  return text.trim().replace(/^(\S+[Tt][\d:.]+) (\d\d:\d\d)$/, "$1+$2")
}

function addressOf({accepted = [], ...question}) {
  const pairs = [...Object.entries(question), ...accepted.map(one => ["accepted", one.join("@")])]
  const safe = text => encodeURIComponent(text).replaceAll("%3A", ":").replaceAll("%40", "@")
  return pairs.map(([key, value]) => `${key}=${safe(value)}`).join("&")
}

onEachPage(() => {
  for (const form of document.querySelectorAll(".inforce-ask[data-record][hidden]")) new Asking(form).begin()
})
