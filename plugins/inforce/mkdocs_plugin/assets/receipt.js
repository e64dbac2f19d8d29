/* The page of receipts, /accept/receipt/: what a member answered, whether it still holds for them, what changed since.
 *
 * The receipts stand in the address after `#`, which no server sees. Whatever they hold becomes text, and never markup;
 * every link is made of what the page itself knows. What binds the member is answered by timeline.js, from the data of
 * the policy's page `on/`.
 */
import {readInstant} from "./instant.js"
import {check, readReceipt, Refused, saidIn, textsIn} from "./receipts.js"
import {Timeline} from "./timeline.js"
import {element, holding, momentIn, onEachPage, said} from "./words.js"

const MOST = 20  // So many receipts are read at once.

class Reading {
  constructor(form) {
    const {keys, policies, words} = JSON.parse(form.dataset.receipts)
    Object.assign(this, {form, keys, policies: new Map(Object.entries(policies)), words})
    this.field = form.querySelector("textarea")
    this.status = form.parentElement.querySelector(".inforce-receipts__status")
    this.region = form.parentElement.querySelector(".inforce-receipts__read")
    this.turn = 0
    this.known = new Map()
  }

  begin() {
    const {form} = this
    form.hidden = false
    for (const one of form.parentElement.querySelectorAll(".inforce-scriptless")) one.hidden = true
    form.addEventListener("submit", event => {
      event.preventDefault()
      this.submit()
    })
    addEventListener("hashchange", () => {
      if (form.isConnected) this.show()
    })
    addEventListener("beforeprint", () => {  // On paper nobody can open it.
      for (const one of this.region.querySelectorAll("details")) one.open = true
    })
    this.show()
  }

  async submit() {
    history.pushState(null, "", `#${textsIn(this.field.value).map(encodeURIComponent).join(",")}`)
    await this.show()
    if (!textsIn(this.field.value).length) this.tell("member.empty")
    this.region.querySelector("h2")?.focus()
  }

  /** Show the receipts of the address. */
  async show() {
    const turn = this.turn += 1
    const texts = textsIn(decoded(location.hash.slice(1)))
    this.region.replaceChildren()
    this.field.value = texts.join("\n")
    if (texts.length > MOST) return this.tell("member.many", {most: String(MOST)})
    this.tell(texts.length ? "member.working" : null)
    const read = texts.length ? await this.read(texts) : []
    const first = read.find(isNone)  // Of what is no receipt at all, one word is enough.
    const parts = await Promise.all(read.filter(one => one === first || !isNone(one)).map(one => this.told(one, read)))
    if (turn !== this.turn) return
    this.tell(null)
    this.region.replaceChildren(...parts)
  }

  /** What each text comes to: {said, isGenuine, why} or {refused}. */
  async read(texts) {
    let keys = []
    try {
      keys = (await loaded(this.keys).then(answer => answer.json())).keys
    } catch {
      return texts.map(() => ({refused: new Refused("keys")}))
    }
    return Promise.all(texts.map(async text => {
      try {
        const receipt = readReceipt(text)
        const why = await check(receipt, keys)
        return {text, said: saidIn(receipt), isGenuine: why === true, why}
      } catch (wrong) {
        return {text, refused: wrong instanceof Refused ? wrong : new Refused("none")}
      }
    }))
  }

  /** A receipt in words, `all` being those that were given with it. */
  async told(one, all) {
    if (one.refused) return this.box("overtaken", this.heading("member.refused"), this.line(`member.wrong.${one.refused.message}`))
    const policy = this.policies.get(one.said.policy)
    if (policy === undefined) {
      return this.box("overtaken", this.heading("member.elsewhere"), this.checked(one), this.facts(one, null))
    }
    let record = null
    try {
      record = await this.recordOf(one.said.policy)
    } catch {
      return this.box("overtaken", this.heading("member.unread"), this.checked(one), this.facts(one, null))
    }
    const text = record.timeline.byName.has(one.said.revision)
    const title = element("span", policy.language, policy.title)
    const revision = text ? record.calling(one.said.revision) : element("bdi", {}, one.said.revision)
    const heading = this.heading(`member.${one.said.decision}`, {title, revision})
    const recorded = this.line("member.recorded", {instant: this.time(one.said.instant, record.timeline.zone)})
    const parts = [heading, recorded, this.checked(one)]
    if (!text) return this.box("overtaken", ...parts, this.line("member.newer"), this.facts(one, record))
    if (!record.has(one.said)) return this.box("overtaken", ...parts, this.line("member.other"), this.facts(one, record))
    const {holds, bound, told} = this.present(one, record, all)
    if (!one.isGenuine) parts.push(this.line("member.assuming"))
    const since = this.since(one.said, record, bound)
    return this.box(holds && one.isGenuine ? "in-force" : "superseded", ...parts, ...told, ...since, this.facts(one, record))
  }

  /** Whether the signature is the register's, as far as the browser can tell. */
  checked({isGenuine, why, said: {kind}}) {
    return isGenuine ? this.line("member.genuine") : element("p", {}, element("strong", {}, ...this.wordsOf(`member.unable.${why}`, {kind})))
  }

  facts({said: receipt, text}, record) {
    const zone = record?.timeline.zone
    const entry = record?.table.get(receipt.revision)
    const shown = entry?.accept?.[receipt.audience]
    const rows = [
      ["decision", this.wordsOf(`member.decision.${receipt.decision}`)],
      ["instant", [this.time(receipt.instant, zone)]],
      ["revision", entry ? [element("a", {href: record.address(receipt.revision)}, receipt.revision)] : [receipt.revision]],
      ["digest", [code(receipt.digest), " ", ...this.compared(entry?.digest, receipt.digest)]],
      ["presentation", [
        ...shown ? [element("a", {href: record.place(shown.document)}, ...this.wordsOf("member.presentation.document")), " "] : [],
        code(receipt.presentation), " ", ...this.compared(shown?.presentation, receipt.presentation),
      ]],
      ["audience", this.wordsOf(`member.audience.${receipt.audience}`)],
      ["registered", receipt.registered === null ? this.wordsOf("member.registered.then") : [this.time(receipt.registered, zone)]],
      ["subject", [code(receipt.subject)]],
      ["row", this.wordsOf("member.row.words", {number: String(receipt.number), digest: code(receipt.row), register: code(receipt.register)})],
      ["key", [code(receipt.kid)]],
      ["issuer", receipt.issuer ? [code(receipt.issuer)] : null],
    ]
    const list = holding("dl", {}, rows.filter(([, value]) => value !== null).flatMap(([name, value]) => [
      element("dt", {}, ...this.wordsOf(`member.${name}`)), element("dd", {}, ...value),
    ]))
    const itself = element("details", {class: "inforce-about"},
      element("summary", {}, ...this.wordsOf("member.itself")), element("p", {}, code(text)))
    const heading = element("h3", {}, ...this.wordsOf("member.facts"))
    return element("div", {class: "inforce-receipt__facts"}, heading, list, itself)
  }

  /** Whether the site has the same digest for it. */
  compared(own, digest) {
    return this.wordsOf(own === undefined ? "member.same.unknown" : own === digest ? "member.same" : "member.same.not")
  }

  /** Whether what was answered holds for the member now: {holds, told}. */
  present({said: receipt, isGenuine}, record, all) {
    const {timeline} = record
    const {joined, isSaid, accepted} = personIn(receipt, all.filter(one => one.said && (one.isGenuine || !isGenuine)), record)
    const heading = element("h3", {}, ...this.wordsOf(receipt.decision === "accepted" ? "member.force" : "member.force.now"))
    if (joined === null) return {holds: false, bound: null, told: [heading, this.line("member.force.unknown")]}
    const now = BigInt(Date.now()) * 1000n
    const spans = timeline.spansOf(joined, accepted)
    const bound = spans.find(span => span.start <= now && (span.until === null || now < span.until)) ?? null
    const basis = this.line("member.force.basis", {
      now: this.moment(now, timeline.zone), as_of: this.moment(readInstant(record.asOf), timeline.zone), zone: record.zone,
    })
    const root = timeline.rootOf(receipt.revision)
    const holds = bound !== null && timeline.rootOf(bound.revision) === root
    const own = spans.filter(span => timeline.rootOf(span.revision) === root)
    const told = receipt.decision === "accepted" && own.length
      ? this.force(receipt, record, {spans, own, bound, now})
      : [...receipt.decision === "accepted" ? [this.line("member.force.never")] : [], this.binding(record, bound, {receipt, joined})]
    const taken = isSaid ? [] : [this.line("member.force.registered", {instant: this.moment(joined, timeline.zone)})]
    return {holds, bound, told: [heading, ...taken, ...told, basis]}
  }

  /** Of a text that was accepted, and binds the member at some time. */
  force(receipt, record, {spans, own, bound, now}) {
    const {timeline, calling} = record
    const [start, until] = [own[0].start, own.at(-1).until]
    const values = {start: this.moment(start, timeline.zone), until: until === null ? "" : this.moment(until, timeline.zone)}
    if (now < start) return [this.line("member.force.later", values), this.binding(record, bound)]
    if (until !== null && until <= now) return [this.line("member.force.over", values), this.binding(record, bound)]
    const next = spans.find(span => span.start === until)
    return [
      this.line(until === null ? "member.force.yes" : "member.force.yes.until", values),
      ...bound && bound.revision !== receipt.revision ? [this.line("member.force.corrected", {revision: calling(bound.revision)})] : [],
      ...next ? [this.line("member.force.next", {revision: calling(next.revision)})] : [],
    ]
  }

  /** What binds the member now; of the very text to which they said something else, why it does so all the same. */
  binding({timeline, calling}, bound, {receipt, joined} = {}) {
    if (bound === null) return this.line("member.binds.nothing")
    if (receipt !== undefined && receipt.decision !== "accepted" && bound.revision === receipt.revision) {
      const why = timeline.needsAcceptance(joined, bound.revision) ? "accepted" : "unasked"
      return this.line(`member.binds.${why}`, {start: this.moment(bound.start, timeline.zone)})
    }
    return this.line("member.binds", {revision: calling(bound.revision), start: this.moment(bound.start, timeline.zone)})
  }

  /** What was posted since the text that was answered. */
  since(receipt, {timeline, calling, address, place}, bound) {
    const heading = element("h3", {}, ...this.wordsOf("member.since"))
    const names = timeline.revisions.map(one => one.name)
    const later = names.slice(names.indexOf(receipt.revision) + 1)
    if (!later.length) return [heading, this.line("member.since.nothing")]
    const entries = later.map(name => element("li", {}, calling(name), ": ",
      element("a", {href: `${address(name)}changes/`}, ...this.wordsOf("member.since.changes"))))
    const compared = (key, to) => element("p", {}, element("a", {
      href: place(`compare/?${new URLSearchParams({from: receipt.revision, to})}`),
    }, ...this.wordsOf(key)))
    const isBoundLater = bound !== null && later.includes(bound.revision)
    return [
      heading, this.line("member.since.list"), holding("ul", {}, entries),
      ...isBoundLater ? [compared("member.since.compare.bound", bound.revision)] : [],
      ...isBoundLater && bound.revision === later.at(-1) ? [] : [compared("member.since.compare", later.at(-1))],
    ]
  }

  /** What the site knows of a policy. */
  recordOf(slug) {
    if (!this.known.has(slug)) this.known.set(slug, this.load(slug))
    return this.known.get(slug)
  }

  async load(slug) {
    const {url, zone, language} = this.policies.get(slug)
    const place = target => `${url}${target}`
    const [page, table] = await Promise.all([
      loaded(place("on/")).then(answer => answer.text()), loaded(place("in-force.json")).then(answer => answer.json()),
    ])
    const form = new DOMParser().parseFromString(page, "text/html").querySelector(".inforce-ask[data-record]")
    const data = JSON.parse(form.dataset.record)
    const names = new Map([...form.querySelector("template").content.querySelectorAll("option")].map(one => [one.value, one.textContent]))
    const address = name => place(`${name}/`)
    const known = new Map(table.revisions.map(one => [one.revision, one]))
    const has = said => known.get(said.revision)?.digest === said.digest  // else it is another text, whatever its name
    const calling = name => element("a", {href: address(name), ...language}, names.get(name) ?? name)
    return {
      timeline: new Timeline(data), asOf: data.as_of, table: known, has, zone, place, address, calling,
    }
  }

  // Words

  tell(key, values) {
    this.status.replaceChildren(...key === null ? [] : this.wordsOf(key, values))
  }

  box(kind, ...contents) {
    return element("section", {class: `inforce-box inforce-box--${kind} inforce-receipt`}, ...contents)
  }

  heading(key, values) {
    return element("h2", {tabindex: "-1"}, ...this.wordsOf(key, values))
  }

  line(key, values) {
    return element("p", {}, ...this.wordsOf(key, values))
  }

  wordsOf(key, values) {
    return said(this.words.messages[key], values)
  }

  moment(instant, zone) {
    return element("time", {datetime: zone.format(instant)}, momentIn(this.words, zone.local(instant)))
  }

  time(text, zone) {
    return zone ? this.moment(readInstant(text), zone) : element("time", {datetime: text}, text)
  }
}

/** Who answered, as far as the receipts of the same person tell: core/register.py, `person_of`. */
function personIn(receipt, all, record) {
  const own = all.map(one => one.said).filter(one => one.subject === receipt.subject && one.register === receipt.register)
    .sort((one, other) => one.number - other.number)
  const accepted = own.filter(one => one.decision === "accepted").map(one => ({...one, instant: readInstant(one.instant)}))
  const registered = own.filter(one => one.registered !== null).at(-1)
  const first = accepted.map(one => one.instant).reduce((one, other) => (one === null || other < one ? other : one), null)
  return {
    joined: registered ? readInstant(registered.registered) : first,
    isSaid: registered !== undefined,
    accepted: accepted.filter(one => one.policy === receipt.policy && record.has(one)),
  }
}

function isNone({refused}) {
  return refused?.message === "none"
}

async function loaded(place) {
  const answer = await fetch(place)
  if (!answer.ok) throw new Error(String(answer.status))
  return answer
}

function code(text) {
  return element("code", {dir: "ltr", class: "inforce-digest"}, text)
}

function decoded(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

onEachPage(() => {
  for (const form of document.querySelectorAll(".inforce-receipts[data-receipts][hidden]")) new Reading(form).begin()
})
