/* Clauses in their containers, as nodes of a page: formats/redline/outline.py once more.
 *
 * Clauses come one after the other, each with the frames in which it stands; those of both texts are mixed. A clause
 * that lacks the container or the item in which alone it can stand gets one. A clause of one text never goes on in an
 * item of the other. Whole clauses side by side that nobody has to see are folded.
 */
import {element, holding} from "./words.js"

export const [OLD, NEW, BOTH] = [1, 2, 3]  // In which of the two texts something stands.
const LEAST = 4  // Fewer clauses than that are not folded.
const HOMES = {
  item: ["list", "numbered list"], row: ["table"], term: ["definitions"], definition: ["definitions"], footnote: ["footnotes"],
}
const ITEMS = {list: "li", "numbered list": "li", definitions: "dd", footnotes: "li", table: "tr"}

/** A clause, an item, or a container, with what is in it.
 *
 * `name`: its element, `li` or `tr`; empty for a clause that is whole by itself; of a container the frame's name.
 * `nodes`: of such a clause its element, of an item its own words; `cells`: of a row the nodes of each.
 */
export class Node {
  constructor({nodes = [], name = "", attributes = {}, cells = [], isHead = false, number = 0, side = BOTH} = {}) {
    Object.assign(this, {nodes, name, attributes, cells, isHead, number, side})
    this.children = []
    this.count = 0
    this.isQuiet = true
    this.first = null
  }

  counts(clause, isQuiet) {
    this.count += 1
    this.isQuiet &&= isQuiet
    this.first ??= clause
  }
}

/** Takes the clauses, one after the other; `summary(count, first)` gives the words for what is folded. */
export class Outline {
  constructor(summary) {
    this.summary = summary
    this.root = new Node()
    this.frames = []
    this.path = []  // The open containers, from the outermost on, each with its open item.
  }

  /** Put a clause where it belongs; `isQuiet`: whether it can be folded. */
  add(clause, node, isQuiet) {
    let {frames} = clause
    const homes = HOMES[clause.kind]
    if (homes && !(frames.length && homes.includes(bare(frames.at(-1))))) frames = [...frames, homes[0]]
    this.open(frames, node.side)
    if (homes) {
      const last = this.path.at(-1)
      last.container.children.push(node)
      last.item = node
    } else this.placeFor(node.side).children.push(node)
    node.count = 1
    node.isQuiet = isQuiet
    node.first = clause
    for (const {container, item} of this.path) {
      container.counts(clause, isQuiet)
      if (item !== null && item !== node) item.counts(clause, isQuiet)
    }
  }

  /** Close the containers in which the next clause does not stand, and open those in which it does. */
  open(frames, side) {
    const {path} = this
    const isSame = frames.length === this.frames.length && frames.every((frame, place) => frame === this.frames[place])
    if (isSame && path.slice(0, -1).every(({item}) => canHold(item, side))) return
    let shared = 0
    while (shared < Math.min(frames.length, this.frames.length)) {
      if (frames[shared] !== this.frames[shared] || (shared && !canHold(path[shared - 1].item, side))) break
      shared += 1
    }
    path.length = shared
    for (const frame of frames.slice(shared)) {
      const container = new Node({name: bare(frame)})
      this.placeFor(side).children.push(container)
      path.push({container, item: null})
    }
    this.frames = frames
  }

  /** Where a clause goes that is no item. */
  placeFor(side) {
    const last = this.path.at(-1)
    if (!last) return this.root
    const name = ITEMS[last.container.name]
    if (!name) return last.container
    const {item} = last
    if (item === null || item.name !== name || !canHold(item, side) || item.cells.length) {
      last.item = new Node({name, attributes: {class: "inforce-goes-on"}, side})
      last.container.children.push(last.item)
    }
    return last.item
  }

  /** All of it. */
  nodes() {
    return this.flow(this.root.children, true)
  }

  /** What stands one below the other, in no list. */
  flow(children, mayFold) {
    return runs(children, mayFold).flatMap(([run, isFolded]) => (isFolded
      ? [this.folded(run, this.plain(run, false))]
      : this.plain(run, mayFold)))
  }

  plain(children, mayFold) {
    return children.flatMap(child => (child.name ? [this.container(child, mayFold && !child.isQuiet)] : child.nodes))
  }

  folded(run, contents) {
    const count = run.reduce((sum, node) => sum + node.count, 0)
    return holding("details", {class: "inforce-kept"}, [element("summary", {}, this.summary(count, run[0].first)), ...contents])
  }

  container(node, mayFold) {
    switch (node.name) {
      case "list":
      case "numbered list":
      case "footnotes":
        return this.list(node, mayFold)
      case "definitions":
        return this.definitions(node.children)
      case "table":
        return this.table(node, mayFold)
      case "quotation":
        return holding("blockquote", {}, this.flow(node.children, mayFold))
      default:
        return holding("div", {class: node.name}, this.flow(node.children, mayFold))
    }
  }

  /** A list, which a fold cuts in several: they go on with the next number. */
  list(node, mayFold) {
    const made = document.createDocumentFragment()
    for (const [run, isFolded] of runs(node.children, mayFold)) {
      let number = run.find(item => item.number)?.number ?? 1
      const list = element(...listOf(node.name, number))
      for (const item of run) {
        const value = item.number && item.number !== number ? {value: item.number} : {}
        number = (item.number || number) + 1
        list.append(this.item(item, value, mayFold && !isFolded))
      }
      made.append(isFolded ? this.folded(run, [list]) : list)
    }
    return made
  }

  item(item, attributes, mayFold) {
    const inside = this.flow(item.children, mayFold && !item.isQuiet)
    return holding(item.name, {...attributes, ...item.attributes}, [...item.nodes, ...inside])
  }

  /** Terms and definitions: HTML wants one of each in a list at least, the terms first. */
  definitions(children) {
    const items = children.map(item => this.item(item, {}, false))
    if (children[0].name !== "dt") items.unshift(element("dt"))
    if (children.at(-1).name !== "dd") items.push(element("dd"))
    return holding("dl", {}, items)
  }

  table(node, mayFold) {
    const rows = node.children
    const columns = rows.reduce((most, row) => Math.max(most, row.cells.length), 1)
    const place = rows.findIndex(row => !row.isHead)
    const heads = place < 0 ? rows.length : place
    const parts = []
    if (heads) parts.push(holding("thead", {}, rows.slice(0, heads).map(row => this.row(row, columns))))
    if (heads < rows.length) {
      const body = runs(rows.slice(heads), mayFold).flatMap(([run, isFolded]) => {
        const made = run.map(row => this.row(row, columns))
        if (!isFolded) return made
        const inner = element("table", {}, holding("tbody", {}, made))
        return [element("tr", {class: "inforce-fold"}, element("td", span(columns), this.folded(run, [inner])))]
      })
      parts.push(holding("tbody", {}, body))
    }
    return element("div", {class: "inforce-table", tabindex: "0"}, element("table", {}, ...parts))
  }

  row(row, columns) {
    if (!row.cells.length) {
      return element("tr", row.attributes, holding("td", span(columns), this.flow(row.children, false)))
    }
    const last = row.cells.length - 1
    const cells = row.cells.map((cell, place) =>
      holding(row.isHead ? "th" : "td", place === last ? span(columns - last) : {}, cell))
    return holding("tr", row.attributes, cells)
  }
}

function listOf(name, number) {
  if (name === "numbered list") return ["ol", number === 1 ? {} : {start: number}]
  if (number !== 1) return ["ol", {start: number}]
  return ["ul", name === "footnotes" ? {class: "inforce-footnotes"} : {}]
}

function bare(frame) {
  return frame.split(",", 1)[0]
}

/** Whether a clause of that side can go on in the item: it has to stand in the same text. */
function canHold(item, side) {
  return item === null || Boolean(item.side & (side & NEW ? NEW : OLD))
}

function span(columns) {
  return columns > 1 ? {colspan: columns} : {}
}

/** The nodes in stretches, each with whether it is folded. */
function runs(children, mayFold) {
  if (!mayFold) return [[children, false]]
  const made = []
  let [start, place] = [0, 0]
  while (place < children.length) {
    let [end, count] = [place, 0]
    for (; end < children.length && children[end].isQuiet; end += 1) count += children[end].count
    if (count >= LEAST) {
      if (start < place) made.push([children.slice(start, place), false])
      made.push([children.slice(place, end), true])
      start = end
    }
    place = Math.max(end, place + 1)
  }
  if (start < children.length) made.push([children.slice(start), false])
  return made
}
