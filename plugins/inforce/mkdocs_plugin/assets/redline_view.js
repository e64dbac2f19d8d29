/* A redline on the page: the list of changes in sentences, and the text with its changes marked.
 *
 * The structure is that of formats/redline/html.py, which tells it; body.py, anchors.py and inline.py once more.
 */
import {BORDER, cells} from "./clauses.js"
import {BOTH, NEW, Node, OLD, Outline} from "./outline.js"
import {isMoved, withDepartures} from "./redline.js"
import {apart, unspaced, WordNodes} from "./redline_words.js"
import {capital, grouped} from "./sentences.js"
import {element, holding} from "./words.js"

const LOWEST = 6
const ITEMS = {item: "li", footnote: "li", term: "dt", definition: "dd"}
const RESET = new Set(["linked", "formatted"])

/** The list of changes, each entry linked to its place. */
export function changeList(made, {sentences, old, new: new_}) {
  const anchors = new Anchors(made, old.names, new_.names)
  const entries = sentences.entries().map(({sentence, changes, details}) => holding("li", {}, [
    element("p", {}, element("a", {href: `#${anchors.of(changes[0])}`}, sentence)),
    ...details.map(one => element("p", {}, one)),
  ]))
  return holding("ol", {class: "inforce-changes"}, entries)
}

/** The text with its changes marked.
 *
 * `spoken`: attributes for our own words, where the text is in another language; `addresses`: of the permanent pages,
 * {old, new}; `top`: the level of the highest headings.
 */
export function redlineBody(made, options) {
  const {teller} = options.sentences
  const views = ["inline", "sides"].flatMap((view, place) => [
    element("input", {type: "radio", name: "inforce-view", id: `inforce-view-${view}`, ...(place ? {} : {checked: ""})}),
    element("label", {for: `inforce-view-${view}`}, teller.say(`redline.view.${view}`)),
  ])
  const marks = holding("div", {class: "inforce-marks", ...options.language}, new Body(made, options).nodes())
  return element("div", {class: "inforce-redline"}, ...views, marks)
}

/** The `id` of each clause: its identity; of a deleted one that the new text has too `change-3`, by its entry. */
class Anchors {
  constructor(made, old, new_) {
    this.new = new_
    this.old = new Map()
    const taken = new Set(new_)
    for (const [index, group] of grouped(made).entries()) {
      const places = group.flatMap(change => (change.new.length ? change.new.map(() => null) : change.old.map(one => one.place)))
      for (const [count, place] of places.entries()) {
        if (place === null) continue
        const numbered = count ? `change-${index + 1}-${count + 1}` : `change-${index + 1}`
        this.old.set(place, taken.has(old[place]) ? numbered : old[place])
        taken.add(old[place])
      }
    }
  }

  of(change) {
    return change.new.length ? this.new[change.new[0].place] : this.old.get(change.old[0].place)
  }
}

class Body {
  constructor(made, {sentences, old, new: new_, addresses, spoken = {}, top = 3}) {
    this.made = made
    this.sentences = sentences
    this.teller = sentences.teller
    this.spoken = spoken
    this.deeper = top - highest([...old.clauses, ...new_.clauses])
    this.anchors = new Anchors(made, old.names, new_.names)
    this.numbers = {old: numbered(old.clauses), new: numbered(new_.clauses)}
    this.words = {old: new WordNodes(addresses.old), new: new WordNodes(addresses.new)}
    this.outline = new Outline((count, first) => this.summary(count, first))
    this.moved = new Map(grouped(made).filter(([first]) => isMoved(first)).map(group => [group[0], group]))
  }

  nodes() {
    const steps = [...withDepartures(this.made)]
    const seen = seenOf(steps)
    for (const [place, [change, hasLeft]] of steps.entries()) {
      if (hasLeft) {
        if (this.moved.has(change)) this.addGone(this.moved.get(change))
      } else if (change.done === "kept") this.outline.add(change.new[0].clause, this.kept(change.new[0]), !seen.has(place))
      else this.addChanged(change)
    }
    return this.outline.nodes()
  }

  // What was kept

  kept({clause, place}) {
    const attributes = {id: this.anchors.new[place]}
    const cells = this.cellsOf(clause)
    const {kind, level} = clause
    if (kind === "row") return new Node({name: "tr", attributes, cells, isHead: level === 1})
    if (kind in ITEMS) return new Node({name: ITEMS[kind], attributes, nodes: cells[0], number: this.numbers.new.get(place) ?? 0})
    if (kind === "contents" && !clause.words.length) return new Node({nodes: [this.note(capital(this.teller.named(clause)), "", attributes)]})
    return new Node({nodes: [this.element(clause, cells[0], attributes)]})
  }

  cellsOf({kind, words}) {
    return (kind === "row" ? cells(words) : [words]).map(cell => this.words.new.of(cell))
  }

  /** An element of the clause's kind around its words; `label`: what stands before them. */
  element({kind, level}, words, attributes, label = []) {
    if (kind === "code") return element("pre", attributes, ...label, holding("code", {}, withoutCode(words)))
    words = [...label, ...words]
    if (kind === "heading") return holding(`h${Math.min(Math.max(level, 1) + this.deeper, LOWEST)}`, attributes, words)
    if (kind === "separator" && !words.length) return element("hr", attributes)
    return holding(kind in ITEMS ? "div" : "p", attributes, words)
  }

  // What was changed

  addChanged(change) {
    const {done, old, new: new_, parts} = change
    const notes = () => this.notes(change).map(one => this.note(one))
    if (done === "deleted") {
      this.add({placed: old[0], anchor: this.anchors.old.get(old[0].place), name: done, side: OLD, notes: notes(), parts})
    } else if (done === "split") {
      for (const [index, placed] of new_.entries()) {
        this.add({
          placed, anchor: this.anchors.new[placed.place], name: done, side: index ? NEW : BOTH,
          notes: index ? [this.note(this.teller.say("redline.note.split"))] : notes(),
          parts: [parts[index]], isCut: index + 1 < new_.length,
        })
      }
    } else {
      const side = isMoved(change) || !old.length ? NEW : BOTH
      const name = isMoved(change) ? "moved" : done
      this.add({placed: new_[0], anchor: this.anchors.new[new_[0].place], name, side, notes: notes(), parts})
    }
  }

  add(one) {
    const {clause, place} = one.placed
    if (clause.kind === "row") {
      this.addRows(one)
      return
    }
    const words = one.parts.flatMap((part, index) => [...(index ? [" ", cut("del"), " "] : []), ...this.marked(part)])
    if (one.isCut) words.push(cut("ins"))
    const box = holding("div", attributesOf(one), [...one.notes, ...this.both(clause, words, one.parts)])
    const numbers = one.side === OLD ? this.numbers.old : this.numbers.new
    const node = clause.kind in ITEMS
      ? new Node({name: ITEMS[clause.kind], nodes: [box], number: numbers.get(place) ?? 0, side: one.side})
      : new Node({nodes: [box], side: one.side})
    this.outline.add(clause, node, false)
  }

  /** The words of both texts, and where they differ those of the new one, for the view side by side. */
  both(clause, words, parts) {
    if (!clause.words.length && clause.kind === "contents") return []
    if (!differ(parts)) return [this.element(clause, words, {class: "inforce-marked"})]
    return [
      this.element(clause, words, {class: "inforce-marked"}, this.side("old", {hidden: ""})),
      this.element(clause, parts.flatMap(part => this.after(part)), {class: "inforce-after", hidden: ""}, this.side("new")),
    ]
  }

  /** Says of which text the words are that come next. */
  side(side, hidden = {}) {
    return [element("span", {class: "inforce-side", ...this.spoken, ...hidden}, this.teller.say(`redline.side.${side}`)), " "]
  }

  /** A row; two of them where cells came and others went. */
  addRows(one) {
    const stretches = one.parts.flat()
    const byCell = stretchesByCell(stretches)
    if (byCell !== null) {
      this.addRow(one, byCell.map(cell => this.cell(cell, one.name === "moved")))
      return
    }
    const [isOld, isNew] = ["old", "new"].map(side => stretches.some(stretch => stretch[side].length))
    if (isOld) {
      const anchor = isNew ? "" : one.anchor
      this.addRow({...one, name: "deleted", side: OLD, anchor}, this.wholeCells(stretches, "old"))
    }
    if (isNew) this.addRow(isOld ? {...one, notes: []} : one, this.wholeCells(stretches, "new"))
  }

  addRow(one, [first, ...rest]) {
    const {clause} = one.placed
    const isHead = clause.level === 1
    const row = new Node({name: "tr", attributes: attributesOf(one), cells: [[...one.notes, ...first], ...rest], isHead, side: one.side})
    this.outline.add(clause, row, false)
  }

  cell(stretches, hasMoved) {
    const words = this.marked(stretches)
    if (!differ([stretches])) return hasMoved ? [holding("div", {class: "inforce-marked"}, words)] : words
    return [
      holding("div", {class: "inforce-marked"}, [...this.side("old", {hidden: ""}), ...words]),
      holding("div", {class: "inforce-after", hidden: ""}, [...this.side("new"), ...this.after(stretches)]),
    ]
  }

  /** The cells of a row that was deleted or inserted as a whole. */
  wholeCells(stretches, side) {
    const fate = side === "old" ? "deleted" : "inserted"
    return cells(stretches.flatMap(one => one[side])).map(words =>
      (words.length ? this.marked([{fate, old: [], new: [], [side]: words}]) : []))
  }

  /** Where clauses stood that were moved together: where they are now. */
  addGone(changes) {
    const {clause, place} = changes[0].old[0]
    const note = this.note(this.sentences.gone(changes), this.anchors.of(changes[0]))
    const attributes = {class: "inforce-change inforce-change--gone"}
    const box = () => [element("div", attributes, note)]
    const node = clause.kind === "row" ? new Node({name: "tr", attributes, cells: [[note]], side: OLD})
      : clause.kind in ITEMS ? new Node({name: ITEMS[clause.kind], nodes: box(), number: this.numbers.old.get(place) ?? 0, side: OLD})
      : new Node({nodes: box(), side: OLD})
    this.outline.add(clause, node, false)
  }

  /** What was deleted and inserted marked in the words. Where they are set otherwise, both are there, one hidden. */
  marked(stretches) {
    const {old, new: new_} = this.words
    return stretches.flatMap((one, place) => {
      const isAfterDeleted = stretches[place - 1]?.fate === "deleted"
      if (one.fate === "kept") {
        return [...(isAfterDeleted && one.old[0].before ? apart(one.new[0]) : []), ...new_.of(one.new)]
      }
      if (one.fate === "deleted") return old.within(one.old, "del")
      if (one.fate === "inserted") {
        return [...(isAfterDeleted ? apart(one.new[0]) : []), ...new_.within(one.new, "ins")]
      }
      return [
        ...new_.within(one.new, "span", {class: "inforce-reset"}),
        holding("span", {class: "inforce-before", hidden: ""}, old.of(unspaced(one.old))),
      ]
    })
  }

  /** The new words alone, what was inserted marked in them. */
  after(stretches) {
    const {new: words} = this.words
    return stretches.flatMap(one => {
      if (one.fate === "kept") return words.of(one.new)
      if (one.fate === "inserted") return words.within(one.new, "ins")
      return RESET.has(one.fate) ? words.within(one.new, "span", {class: "inforce-reset"}) : []
    })
  }

  // What is said

  /** What no mark shows. */
  notes(change) {
    const {teller, sentences} = this
    const {done, old, new: new_, parts} = change
    if (done === "inserted" || done === "deleted") {
      if (parts.flat().length) return []
      return [capital(teller.say(`redline.note.${done}`, {clause: teller.named((new_[0] ?? old[0]).clause)}))]
    }
    const notes = [...sentences.turns(change), ...sentences.settings(change)]
    if (isMoved(change)) {
      if (this.moved.has(change)) notes.unshift(sentences.came(this.moved.get(change)))
    } else if (done !== "edited") notes.unshift(capital(sentences.opening([change])))
    return notes
  }

  note(sentence, target = "", attributes = {}) {
    const words = target ? element("a", {href: `#${target}`}, sentence) : sentence
    return element("p", {...attributes, class: "inforce-note", ...this.spoken}, words)
  }

  /** What is folded. */
  summary(count, first) {
    const {teller} = this
    const said = first.words.length
      ? teller.say("redline.kept", {count, words: teller.quoted(this.sentences.beginning(first))})
      : teller.say("redline.kept.without_words", {count})
    return Object.keys(this.spoken).length ? element("span", this.spoken, said) : said
  }
}

function attributesOf({name, anchor}) {
  return {class: `inforce-change inforce-change--${name}`, ...(anchor ? {id: anchor} : {})}
}

function cut(name) {
  return element(name, {class: "inforce-cut"}, "¶")
}

/** What is not folded: what changed, a clause around it, and the heading under which it stands. */
function seenOf(steps) {
  const seen = new Set()
  let heading = null
  for (const [place, [change, hasLeft]] of steps.entries()) {
    if (!hasLeft && change.new[0]?.clause.kind === "heading") heading = place
    if (!hasLeft && change.done === "kept") continue
    for (const near of [place - 1, place, place + 1]) seen.add(near)
    if (heading !== null) seen.add(heading)
  }
  return seen
}

/** Whether words are in both texts, and some only in one or set otherwise. */
function differ(parts) {
  const fates = new Set(parts.flat().map(one => one.fate))
  return fates.size > 1 || [...fates].some(fate => RESET.has(fate))
}

/** The stretches of a row, cell by cell, with cells that came and cells that went; null where there are both. */
function stretchesByCell(stretches) {
  const isCut = fate => stretches.some(one => one.fate === fate && [...one.old, ...one.new].some(word => word.text === BORDER))
  if (isCut("deleted") && isCut("inserted")) return null
  const found = [[]]
  for (const one of stretches) {
    const words = one.new.length ? one.new : one.old
    let start = 0
    for (let place = 0; place <= words.length; place += 1) {
      if (place < words.length && words[place].text !== BORDER) continue
      if (start < place) found.at(-1).push({fate: one.fate, old: one.old.slice(start, place), new: one.new.slice(start, place)})
      if (place < words.length) found.push([])
      start = place + 1
    }
  }
  return found
}

/** The nodes of a block of code, which is code as a whole. */
function withoutCode(nodes) {
  const all = holding("code", {}, nodes)
  for (const one of all.querySelectorAll("code")) one.replaceWith(...one.childNodes)
  return [...all.childNodes]
}

/** The level of the highest headings. */
function highest(clauses) {
  const levels = clauses.filter(one => one.kind === "heading" && one.level).map(one => one.level)
  return levels.length ? levels.reduce((one, other) => Math.min(one, other)) : 1
}

/** The places of the items of numbered lists, and their numbers. */
function numbered(clauses) {
  const numbers = new Map()
  let [frames, counts] = [[], []]
  for (const [place, clause] of clauses.entries()) {
    let shared = 0
    while (shared < Math.min(frames.length, clause.frames.length) && frames[shared] === clause.frames[shared]) shared += 1
    if (shared < Math.max(frames.length, clause.frames.length)) {
      frames = clause.frames
      counts = frames.map((_, depth) => (depth < shared ? counts[depth] : 0))
    }
    if (clause.kind === "item" && frames.at(-1)?.startsWith("numbered")) {
      counts[counts.length - 1] = counts.at(-1) ? counts.at(-1) + 1 : clause.level || 1
      numbers.set(place, counts.at(-1))
    }
  }
  return numbers
}
