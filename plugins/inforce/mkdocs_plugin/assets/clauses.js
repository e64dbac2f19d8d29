/* The clauses of a revision, read from its clauses.json, and the words in them.
 *
 * formats/clauses_json.py shows the format, core/words.py tells what a word is: this file cuts as that one does. A word
 * is {text, before, marks, look, link}; `look` is all marks in one text. Marks, look and link are shared by a run.
 */
export const BORDER = "\x1f"
export const IDENTITY = 1  // The version of the rules by which identities are given.

// As Python has them: what counts as a letter, a digit or white space differs in JavaScript's own \w, \d and \s.
const SPACE = "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"
const SIGN = "\\p{L}\\p{N}_"
const MARK = "\\p{M}\\u200c\\u200d"
const HAN = "\\u2e80-\\u2fdf\\u3005-\\u3007\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}"
const [HIRAGANA, KATAKANA] = ["\\u3041-\\u309f", "\\u30a0-\\u30ff\\u31f0-\\u31ff\\uff66-\\uff9f"]
const CURRENCY = "$¢£¥֏৳฿₠-⃀"
const LETTER = `(?![\\p{Nd}${HAN}${HIRAGANA}${KATAKANA}])[\\p{L}\\p{N}]`
const TAIL = `(?:[${MARK}]|(?![${HAN}${HIRAGANA}${KATAKANA}])[${SIGN}])`
const WORD = new RegExp(`([${SPACE}]*)(${[
  `(?:https?://|www\\.)[^${SPACE}<>"]*[${SIGN}/]`,  // An address.
  `[${SIGN}.+\\-]{1,64}@(?:[${SIGN}\\-]{1,63}\\.){1,8}[${SIGN}]{2,63}`,  // One of mail.
  "\\p{Nd}{4}-\\p{Nd}{2}-\\p{Nd}{2}(?!\\p{Nd})",  // A date.
  `[${CURRENCY}]?\\p{Nd}+(?:[.,:/]\\p{Nd}+)*(?:[%‰${CURRENCY}]|[A-Za-z]+)?`,
  `[${HAN}][${MARK}]*`,
  `[${HIRAGANA}][${HIRAGANA}${MARK}\\u30fc]*`,
  `[${KATAKANA}][${KATAKANA}${MARK}]*`,
  `${LETTER}${TAIL}*(?:['’]${LETTER}${TAIL}*)*`,
  `[^${SPACE}][${MARK}]*`,
].join("|")})`, "gu")
const CODE = new RegExp(`\\n|[ \\t]+|[^${SPACE}]+`, "gu")
const CONTENT = /[\p{L}\p{N}]/u

/** The words of a text, as pairs of the white space before a word and the word. */
export function cut(text) {
  return Array.from(text.matchAll(WORD), found => [found[1], found[2]])
}

/** Whether a word is more than punctuation or the border of a cell. */
export function isContent(word) {
  return CONTENT.test(word.text)
}

/** What the data of a clauses.json say: {clauses, names, split, joined}; Throws where they have another shape. */
export function readClauses(data) {
  return {
    clauses: data.clauses.map(readClause),
    names: data.clauses.map(one => String(one.id)),
    split: new Map(Object.entries(data.split)),
    joined: new Map(Object.entries(data.joined)),
  }
}

function readClause({in: frames, kind, level, text}) {
  return {kind: String(kind), level: Number(level), frames: frames.map(String), words: text.flatMap(run => wordsOf(run, kind))}
}

function wordsOf(run, kind) {
  const {text, marks, link} = typeof run === "string" ? {text: run, marks: [], link: null} : run
  const look = marks.join(" ")
  return cutRun(text, marks, kind).map(([before, word]) => ({text: word, before, marks, look, link}))
}

function cutRun(text, marks, kind) {
  if (kind === "code") return Array.from(text.matchAll(CODE), found => ["", found[0]])
  if (!marks.includes("footnote") && text !== BORDER) return cut(text)
  const word = text.replace(/^[ \n]+/, "")
  return [[text.slice(0, text.length - word.length), word]]
}

/** The words of a row, cell by cell. */
export function cells(words) {
  const found = [[]]
  for (const word of words) {
    if (word.text === BORDER) found.push([])
    else found.at(-1).push(word)
  }
  return found
}

/** Whether two clauses say the same and are set alike; white space is no content. */
export function isSame(one, other) {
  return one.kind === other.kind && one.level === other.level && haveSameFrames(one, other)
    && one.words.length === other.words.length
    && one.words.every((word, place) => isSameWord(word, other.words[place]))
}

/** Whether two clauses stand in the same containers. */
export function haveSameFrames(one, other) {
  return one.frames.length === other.frames.length && one.frames.every((frame, place) => frame === other.frames[place])
}

function isSameWord(one, other) {
  return one.text === other.text && one.look === other.look && one.link === other.link
}
