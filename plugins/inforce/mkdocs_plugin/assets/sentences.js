/* The list of changes, in sentences: formats/redline/sentences.py and words.py once more, to the letter.
 *
 * An entry is {number, changes, sentence, details}; a detail is a sentence. A `Teller` says the page's messages.
 */
import {BORDER} from "./clauses.js"
import {isMoved} from "./redline.js"
import {said} from "./words.js"

const GAP = "[…]"
const FEW = 8  // So many words tell which clause is meant.
const CUT = {fate: "inserted", old: [], new: [{text: "¶ ", before: " ", marks: [], look: "", link: null}]}
const [AROUND, BEGINNING] = [8, 12]  // So many kept words around a change; so many of a clause that nobody changed.
const GROUPED = new Set(["moved", "inserted", "deleted"])
const STAYING = new Set(["edited", "split", "joined"])
const DONE = {
  inserted: "redline.inserted", deleted: "redline.deleted", edited: "redline.edited", moved: "redline.moved",
  "moved and edited": "redline.moved_edited",
}
const CONTAINERS = {
  list: "list", "numbered list": "numbered_list", quotation: "quotation", table: "table", definitions: "definitions",
  footnotes: "footnotes",
}
const OWN = new Set(["item", "row", "footnote", "term", "definition", "title"])  // Named without what holds it.
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u
const [FIRST_STRONG, POP] = ["\u2068", "\u2069"]
const ISOLATES = {ltr: "\u2066", rtl: "\u2067"}

/** Says messages as texts; values that could mix with the words around them are isolated, as formats/messages does. */
export class Teller {
  constructor(messages, direction) {
    this.messages = messages
    this.direction = direction
  }

  say(key, values = {}) {
    const isolated = Object.entries(values).map(([name, value]) => [name, this.isolated(value)])
    return said(this.messages[key], Object.fromEntries(isolated)).join("")
  }

  isolated(value) {
    if (typeof value !== "string" || (this.direction !== "rtl" && !RIGHT_TO_LEFT.test(value))) return value
    return `${value.includes(POP) ? ISOLATES[this.direction] : FIRST_STRONG}${value}${POP}`
  }

  /** Words between quotation marks, all in one line. */
  quoted(words) {
    const text = typeof words === "string" ? words : read(words)
    return this.say("redline.quotation", {words: text.trim().replaceAll("\n", " / ")})
  }

  /** What a clause is and where it stands: `a list item in a quotation`. */
  named({kind, frames}) {
    const holders = [...frames]
    let key = `redline.a.${kind}`
    if (OWN.has(kind) && holders.length) {
      const own = holders.pop()
      if (kind === "item" && own.startsWith("numbered")) key = "redline.a.item.numbered"
    }
    return holders.reduceRight((clause, frame) => this.say(`redline.in.${containerOf(frame)}`, {clause}), this.say(key))
  }

  /** How a word is set off: `bold and italic`, or `plain`. */
  setOff({marks}) {
    const names = (marks.length ? marks : ["plain"]).map(mark => this.say(`redline.set.${mark}`))
    return names.reduce((first, second) => this.say("redline.set.and", {first, second}))
  }

  /** How much changed, in a sentence. */
  measured({clauses, changed, moved}) {
    if (clauses === 1) return this.say("redline.measure.one", {changed})
    return moved ? this.say("redline.measure.moved", {changed, clauses, moved}) : this.say("redline.measure", {changed, clauses})
  }

  /** How many words came and went, in a sentence. */
  wordsCounted({words_inserted: inserted, words_deleted: deleted}) {
    return inserted === 1 ? this.say("redline.words.one", {deleted}) : this.say("redline.words", {inserted, deleted})
  }
}

/** Tells the changes of two texts.
 *
 * Of a clause or a stretch no more than the `longest` number of words is quoted, of an entry no more than `most` clauses.
 */
export class Sentences {
  constructor(teller, made, old, new_, longest = null, most = null) {
    this.teller = teller
    this.made = made
    this.comeDown = comeDownIn(made)
    this.longest = longest
    this.most = most
    this.headings = {old: headingsOf(old.clauses), new: headingsOf(new_.clauses)}
  }

  /** The list of changes, in the order of the redline. */
  entries() {
    return grouped(this.made).map((group, index) => this.entry(index + 1, group))
  }

  entry(number, changes) {
    const [first] = changes
    const {section, isHeading} = this.locationOf(first)
    let sentence = this.opening(changes)
    if (section && !(isHeading && STAYING.has(first.done))) {
      const key = isHeading ? "redline.after" : "redline.under"
      sentence = this.teller.say(key, {section: this.teller.quoted(section), sentence})
    }
    return {number, changes, sentence: capital(sentence), details: this.details(changes)}
  }

  /** Where a clause is shown: under which heading, or for a heading after which one; empty where there is none. */
  locationOf(change) {
    return change.new.length ? locationIn(this.headings.new, change.new[0]) : this.locationBefore(change)
  }

  locationBefore(change) {
    return locationIn(this.headings.old, change.old[0])
  }

  opening(changes) {
    const [{done, old, new: new_}] = changes
    const {teller} = this
    if (done === "split") return teller.say("redline.split", {clause: teller.named(old[0].clause), count: new_.length})
    if (done === "joined") return teller.say("redline.joined", {clause: teller.named(old[0].clause), count: old.length})
    if (changes.length > 1) return teller.say(`${DONE[done]}.many`, {count: changes.length})
    return teller.say(DONE[done], {clause: teller.named((new_[0] ?? old[0]).clause)})
  }

  /** That clauses were moved to where they are, and whence. */
  came(changes) {
    const {length: count} = changes
    const moved = count > 1 ? this.teller.say("redline.note.moved.many", {count}) : this.teller.say("redline.note.moved")
    return `${moved} ${this.origin(changes[0])}`
  }

  /** Where a moved clause stood. */
  origin(change) {
    return this.located("redline.place.before", this.locationBefore(change), change, true)
  }

  /** That clauses were moved away, which they are, and whither. */
  gone(changes) {
    const {length: count} = changes
    const words = this.teller.quoted(this.beginning(changes[0].new[0].clause))
    const gone = count > 1 ? this.teller.say("redline.note.gone.many", {count, words}) : this.teller.say("redline.note.gone", {words})
    const goal = this.located("redline.place.now", this.locationOf(changes[0]), changes[0], false)
    return `${withOneStop(gone)} ${goal}`
  }

  /** The words by which to know a clause. */
  beginning(clause) {
    if (!clause.words.length) return this.teller.named(clause)
    const words = read(clause.words.slice(0, FEW))
    return clause.words.length <= FEW ? words : `${words}…`
  }

  /** Where a moved clause stands, or (`was`) stood. */
  located(key, {section, isHeading}, change, was) {
    const [now, before] = [this.locationOf(change), this.locationBefore(change)]
    if (!isHeading && !now.isHeading && !before.isHeading && now.section === before.section) {
      return this.teller.say(this.comeDown.has(change) === was ? `${key}.up` : `${key}.down`)
    }
    if (!section) return this.teller.say(isHeading ? `${key}.first` : `${key}.top`)
    return this.teller.say(isHeading ? `${key}.heading` : key, {section: this.teller.quoted(section)})
  }

  details(changes) {
    const [first] = changes
    const told = GROUPED.has(first.done) ? this.quotations(changes) : [...this.edits(first), ...this.wordings(first)]
    return isMoved(first) ? [this.origin(first), ...told] : told
  }

  /** What the clauses of an entry say; of many the first few. */
  quotations(changes) {
    const isLong = this.most !== null && changes.length > this.most + 1
    const told = (isLong ? changes.slice(0, this.most) : changes).map(one =>
      this.wordsOf((one.new[0] ?? one.old[0]).clause, isMoved(one) ? BEGINNING : this.longest))
    return isLong ? [...told, this.teller.say("redline.more", {count: changes.length - this.most})] : told
  }

  wordsOf({words}, longest) {
    return words.length ? this.teller.quoted(shown(words, longest)) : this.teller.say("redline.without_words")
  }

  /** What was done in a clause that is in both texts, each in a sentence. */
  edits(change) {
    const stretches = change.parts.flat()
    const told = stretches.map((one, place) => this.edit(one, stretches[place - 1], stretches[place + 1]))
    return [...this.turns(change), ...told.filter(one => one !== null)]
  }

  edit(stretch, before, after) {
    const {teller, longest} = this
    const [old, new_] = [stretch.old, stretch.new].map(words => shown(words, longest))
    if (stretch.fate === "deleted" && after?.fate === "inserted") {
      const values = {old: teller.quoted(old), new: teller.quoted(shown(after.new, longest))}
      return withOneStop(teller.say("redline.edit.replaced", values))
    }
    if (stretch.fate === "deleted") return teller.say("redline.edit.deleted", {old: teller.quoted(old)})
    if (stretch.fate === "inserted" && before?.fate !== "deleted") {
      return teller.say("redline.edit.inserted", {new: teller.quoted(new_)})
    }
    return stretch.fate === "linked" || stretch.fate === "formatted" ? this.setting(stretch) : null
  }

  /** What a clause is now, and was before, in sentences: of what kind, at which level; nothing of its words. */
  turns({aspects, old: [{clause: old}], new: [{clause: new_}]}) {
    const {teller} = this
    const told = []
    if (aspects.has("structure")) {
      const names = {new: teller.named(new_), old: teller.named(old)}
      told.push(names.new === names.old ? teller.say("redline.edit.container") : teller.say("redline.edit.kind", names))
    }
    if (aspects.has("level")) {
      if (new_.kind === "heading") told.push(teller.say("redline.edit.level", {new: new_.level, old: old.level}))
      else if (new_.kind === "row") told.push(teller.say(new_.level ? "redline.edit.heads" : "redline.edit.heads_not"))
      else told.push(teller.say("redline.edit.number", {new: new_.level || 1, old: old.level || 1}))
    }
    return told
  }

  /** How words are set that are the same in both texts, in sentences: their links, and their formatting. */
  settings(change) {
    return change.parts.flat().filter(one => one.fate === "linked" || one.fate === "formatted").map(one => this.setting(one))
  }

  setting({fate, old: [old], new: new_}) {
    const {teller} = this
    const words = teller.quoted(shown(new_, this.longest))
    if (fate === "formatted") {
      return teller.say("redline.edit.formatting", {words, new: teller.setOff(new_[0]), old: teller.setOff(old)})
    }
    if (old.link === null) return teller.say("redline.edit.link.new", {words, new: new_[0].link})
    if (new_[0].link === null) return teller.say("redline.edit.link.gone", {words, old: old.link})
    return teller.say("redline.edit.link", {words, new: new_[0].link, old: old.link})
  }

  /** How a clause read before, and how it reads now, as far as that is of interest. */
  wordings(change) {
    const {teller} = this
    const stretches = change.parts.flat()
    if (!change.aspects.has("words")) {
      const isTold = stretches.some(one => one.fate !== "kept") || change.done === "split" || change.done === "joined"
      if (!isTold) return [this.wordsOf(change.new[0].clause, BEGINNING)]
      return [teller.say("redline.text", {words: teller.quoted(excerpt(withCuts(change), "new"))})]
    }
    return ["old", "new"].flatMap(side => {
      const isParted = (side === "new") === (change.done === "split") && change.parts.length > 1
      if (!isParted) return [teller.say(`redline.${side}`, {words: teller.quoted(excerpt(stretches, side))})]
      return change.parts.map((part, index) =>
        teller.say(`redline.${side}.part`, {number: index + 1, words: teller.quoted(excerpt(part, side))}))
    })
  }
}

/** The words as they are read: cells with a bar between them, the sign of a footnote as `[1]`, white space as it stands. */
function read(words) {
  return words.map(({text, before, marks}) => {
    if (text === BORDER) return " | "
    return before + (marks.includes("footnote") ? text.replaceAll("[^", "[") : text)
  }).join("")
}

/** A sentence that ends with a quotation, which ends a sentence itself. */
function withOneStop(sentence) {
  return sentence.replace(/([.!?]”)\.$/, "$1")
}

/** A sentence's beginning. */
export function capital(words) {
  const [first = ""] = words
  return first.toUpperCase() + words.slice(first.length)
}

function containerOf(frame) {
  return CONTAINERS[frame.split(",", 1)[0]] ?? "box"
}

/** The moved clauses that stood before what they come after now. */
function comeDownIn({changes}) {
  const found = new Set()
  let before = 0
  for (const one of changes) {
    if (isMoved(one) && one.old[0].place < before) found.add(one)
    else if (one.old.length && !isMoved(one)) before = one.old.at(-1).place
  }
  return found
}

function locationIn(headings, {place, clause}) {
  if (clause.kind !== "heading") return {section: headings[place], isHeading: false}
  return {section: headings[place - 1] ?? "", isHeading: true}
}

/** The words without anything of how they are set. */
function plain(words) {
  return words.map(word => (word.text === BORDER ? " | " : word.before + word.text)).join("").replace(/^[ \n]+|[ \n]+$/g, "")
}

/** For each clause the words of the heading under which it stands, its own for a heading; empty above the first one. */
function headingsOf(clauses) {
  let heading = ""
  return clauses.map(clause => {
    if (clause.kind === "heading") heading = plain(clause.words)
    return heading
  })
}

/** The changes, an entry each; clauses that were moved, inserted or deleted side by side together. */
export function grouped({changes}) {
  const groups = []
  for (const change of changes) {
    if (change.done === "kept") continue
    const last = groups.at(-1)?.at(-1)
    if (last && belongs(last, change)) groups.at(-1).push(change)
    else groups.push([change])
  }
  return groups
}

function belongs(before, change) {
  if (change.done !== before.done || !GROUPED.has(change.done)) return false
  return ["old", "new"].every(side =>
    !before[side].length || !change[side].length || change[side][0].place === before[side][0].place + 1)
}

/** The words, if they are not too many, else their beginning. */
function shown(words, longest) {
  if (longest === null || words.length <= longest + 3) return read(words).trim()
  return `${read(words.slice(0, longest)).trim()} ${GAP}`
}

/** The words of a change; of a clause that was split with a sign where it was. */
function withCuts({done, parts}) {
  return done === "split" ? parts.flatMap(part => [...part, CUT]).slice(0, -1) : parts.flat()
}

/** The words of one side; of long kept stretches only those around the changes. */
function excerpt(stretches, side) {
  const told = stretches.map((one, place) => (one.fate === "kept"
    ? shortened(one[side], place > 0, place + 1 < stretches.length)
    : read(one[side])))
  return told.join("").trim()
}

function shortened(words, hasBefore, hasAfter) {
  const [first, last] = [hasBefore ? AROUND : 0, hasAfter ? AROUND : 0]
  if (words.length <= first + last + 4) return read(words)
  const beginning = first ? `${read(words.slice(0, first))} ` : ""
  return `${beginning}${GAP}${last ? read(words.slice(-last)) : ""}`
}
