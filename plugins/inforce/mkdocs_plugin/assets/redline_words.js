/* The words of clauses as nodes of a page: as they stand, and with what was done to them marked.
 *
 * formats/redline/inline.py once more. What was deleted is in `<del>`, what was inserted in `<ins>`; white space before
 * them stands outside, so that either can be left out.
 */
import {BORDER} from "./clauses.js"
import {holding} from "./words.js"

const TAGS = {strong: "strong", em: "em", code: "code", u: "u", sub: "sub", sup: "sup"}
const SCHEME = /^\s*[a-zA-Z][a-zA-Z0-9+.-]*:/
const ELSEWHERE = /^(?:https?|mailto|tel):/i

/** Makes nodes of words; relative links lead from the address of the revision in which they were written. */
export class WordNodes {
  constructor(address) {
    this.address = new URL(address, document.baseURI)
  }

  /** The words as they are set. */
  of(words) {
    const runs = []
    for (let start = 0, end; start < words.length; start = end) {
      const first = words[start]
      end = start + 1
      while (end < words.length && words[end].look === first.look && words[end].link === first.link) end += 1
      runs.push(this.run(words.slice(start, end), first))
    }
    return runs.flat()
  }

  /** Words that are set alike. */
  run(words, first) {
    if (!first.look && first.link === null) return plain(words)
    let nodes = plain(unspaced(words))
    for (const mark of [...first.marks].reverse()) {
      nodes = [mark === "footnote"
        ? holding("sup", {class: "inforce-sign"}, nodes.map(one => (typeof one === "string" ? one.replaceAll("[^", "[") : one)))
        : holding(TAGS[mark] ?? "span", {}, nodes)]
    }
    return [...space(first.before), ...this.linked(nodes, first.link)]
  }

  linked(nodes, target) {
    const href = target ? this.resolved(target) : null
    return href === null ? nodes : [holding("a", {href}, nodes)]
  }

  /** A link as it was written between files of the record, as an address; null where it leads nowhere. */
  resolved(target) {
    if (ELSEWHERE.test(target)) return target
    if (SCHEME.test(target)) return null
    const [, path, fragment] = target.match(/^([^#]*)(.*)$/s)
    const isText = path.endsWith(".md") && !path.endsWith("source.md")
    const base = new URL(this.address)
    if (isText || path.startsWith("../")) base.pathname = base.pathname.replace(/\/$/, "")
    try {
      const found = new URL(isText ? `${path.slice(0, -".md".length)}/` : path, base)
      return /^(?:https?|file):$/.test(found.protocol) ? found.href + fragment : null
    } catch {
      return null
    }
  }

  /** What was deleted and inserted, each as an element around its words. */
  within(words, name, attributes = {}) {
    return [...space(words[0].before), holding(name, attributes, this.of(unspaced(words)))]
  }
}

/** What keeps a word apart from what was deleted before it; in code, white space would be content. */
export function apart({before, marks}) {
  return before || marks.includes("code") ? [] : [" "]
}

/** The words, without the white space before them. */
export function unspaced([first, ...rest]) {
  return [{...first, before: ""}, ...rest]
}

/** The words without how they are set: texts, and the breaks between them. */
function plain(words) {
  const texts = words.map(word => (word.before === "\n" ? "" : word.before) + (word.text === BORDER ? " | " : word.text))
  if (words.every(word => word.before !== "\n")) return [texts.join("")]
  const nodes = []
  for (const [place, text] of texts.entries()) {
    if (words[place].before === "\n") nodes.push(document.createElement("br"))
    nodes.push(text)
  }
  return nodes
}

function space(before) {
  return before === "\n" ? [document.createElement("br")] : before ? [before] : []
}
