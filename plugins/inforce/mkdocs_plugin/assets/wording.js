/* What changed within a clause, word by word: core/wording.py once more, to the letter.
 *
 * A stretch is {fate, old, new}: words that share a fate, as they stand in both texts.
 */
import {common, LARGEST} from "./alignment.js"
import {BORDER, cells, isContent} from "./clauses.js"

const FURTHEST = 200  // How far a change is moved to where it reads better.
const [LONG, TELLING] = [10, 4]  // In so long a wording, so many words kept in a row say that it is the same one.
const ENDS = new Set([".", "!", "?", ";", ":", "。", "؟", "！", "？", BORDER])

/** The stretches of two wordings of a clause, in order; and whether they are coarser than they could be.
 *
 * Rows with equally many cells are compared cell by cell.
 */
export function compareWords(old, new_, alphabet, largest = LARGEST) {
  const [oldCells, newCells] = [cells(old), cells(new_)]
  if (oldCells.length !== newCells.length || oldCells.length === 1) {
    const {hunks, kept, isCoarse} = hunksOf(old, new_, alphabet, largest)
    return {stretches: united(stretchesOf(old, new_, hunks, kept)), isCoarse}
  }
  const borders = old.filter(word => word.text === BORDER)
  const stretches = []
  let isCoarse = false
  for (const [number, cell] of oldCells.entries()) {
    if (number) stretches.push({fate: "kept", old: [borders[number - 1]], new: [borders[number - 1]]})
    const inside = compareWords(cell, newCells[number], alphabet, largest)
    for (const one of inside.stretches) stretches.push(one)
    isCoarse ||= inside.isCoarse
  }
  return {stretches: united(stretches), isCoarse}
}

/** How much of the longer wording was kept: from 0 to 1, punctuation not counted.
 *
 * Nor are, in long ones, the few words that two changes have left between them here and there.
 */
export function keptShare(stretches) {
  const lengths = stretches.map(one => [one.old.filter(isContent).length, one.new.filter(isContent).length])
  const [old, new_] = [0, 1].map(side => lengths.reduce((sum, both) => sum + both[side], 0))
  const longer = Math.max(old, new_)
  const least = longer >= LONG ? TELLING : 1
  const kept = lengths.map(both => Math.min(...both)).filter(length => length >= least)
  return kept.reduce((sum, length) => sum + length, 0) / Math.max(longer, 1)
}

/** The stretches, cut where clauses end: one part for each of them, with as many words of that side. */
export function parted(stretches, lengths, isByNew) {
  const parts = lengths.map(() => [])
  let [part, room] = [0, lengths[0]]
  for (const stretch of stretches) {
    let rest = stretch
    while (rest.old.length || rest.new.length) {
      const counted = (isByNew ? rest.new : rest.old).length
      while (!room && part + 1 < lengths.length && counted) {
        part += 1
        room = lengths[part]
      }
      const taken = part + 1 < lengths.length ? Math.min(room, counted) : counted
      const isWhole = taken === counted
      parts[part].push(isWhole ? rest : {fate: rest.fate, old: rest.old.slice(0, taken), new: rest.new.slice(0, taken)})
      rest = {fate: rest.fate, old: isWhole ? [] : rest.old.slice(taken), new: isWhole ? [] : rest.new.slice(taken)}
      room -= taken
    }
  }
  return parts
}

/** A hunk is words that were replaced: {oldStart, oldEnd, newStart, newEnd}. */
function hunksOf(old, new_, alphabet, largest) {
  const spelt = [old, new_].map(words => alphabet.spell(words.map(word => word.text)))
  const {blocks, isCoarse} = common(...spelt, largest)
  const hunks = slid(absorbed(between(blocks, old.length, new_.length), old), old, new_)
  return {hunks, kept: keptBetween(hunks, old.length, new_.length), isCoarse}
}

function between(blocks, old, new_) {
  const ends = [{old: 0, new: 0}, ...blocks.map(one => ({old: one.old + one.length, new: one.new + one.length}))]
  const starts = [...blocks, {old, new: new_}]
  return ends
    .map((end, place) => ({oldStart: end.old, oldEnd: starts[place].old, newStart: end.new, newEnd: starts[place].new}))
    .filter(one => one.oldEnd > one.oldStart || one.newEnd > one.newStart)
}

function keptBetween(hunks, old, new_) {
  const befores = [{oldEnd: 0, newEnd: 0}, ...hunks]
  const afters = [...hunks, {oldStart: old, newStart: new_}]
  return befores.map(({oldEnd, newEnd}, place) => ({old: oldEnd, new: newEnd, length: afters[place].oldStart - oldEnd}))
}

/** The hunks, those with hardly a kept word between them in one. */
function absorbed(hunks, old) {
  const made = []
  for (let hunk of hunks) {
    while (made.length && isSalad(old.slice(made.at(-1).oldEnd, hunk.oldStart), made.at(-1), hunk)) {
      const {oldStart, newStart} = made.pop()
      hunk = {...hunk, oldStart, newStart}
    }
    made.push(hunk)
  }
  return made
}

/** Whether so little was kept between two changes that they read better as one. */
function isSalad(kept, before, after) {
  if (kept.some(endsSentence)) return false
  const content = kept.filter(isContent).length
  const replaced = [before, after].filter(isReplaced).length
  return !content || content < replaced || (content === replaced && Math.min(size(before), size(after)) > 1)
}

function isReplaced(hunk) {
  return hunk.oldEnd > hunk.oldStart && hunk.newEnd > hunk.newStart
}

function size(hunk) {
  return Math.max(hunk.oldEnd - hunk.oldStart, hunk.newEnd - hunk.newStart)
}

function endsSentence(word) {
  return ENDS.has(word.text)
}

/** The hunks, what is only inserted or only deleted moved to where it reads better. */
function slid(hunks, old, new_) {
  const made = []
  for (const hunk of hunks) {
    const last = made.at(-1) ?? {oldEnd: 0, newEnd: 0}
    const [{oldStart, oldEnd, newStart, newEnd}, least] = [hunk, made.length ? 1 : 0]
    let steps = 0
    if (oldStart === oldEnd) steps = stepsBack(new_, newStart, newEnd, newStart - last.newEnd - least)
    else if (newStart === newEnd) steps = stepsBack(old, oldStart, oldEnd, oldStart - last.oldEnd - least)
    made.push({oldStart: oldStart - steps, oldEnd: oldEnd - steps, newStart: newStart - steps, newEnd: newEnd - steps})
  }
  return made
}

/** By how many words to move a stretch towards the beginning: what it passes has to be the same as its end. */
function stepsBack(words, start, end, room) {
  let [best, bestScore] = [0, score(words, start)]
  for (let steps = 1; steps <= Math.min(room, FURTHEST); steps += 1) {
    if (words[start - steps].text !== words[end - steps].text) break
    const found = score(words, start - steps)
    if (found > bestScore) [best, bestScore] = [steps, found]
  }
  return best
}

/** How well a stretch reads that begins here. */
function score(words, start) {
  if (start === 0 || endsSentence(words[start - 1])) return 2
  return words[start].before ? 1 : 0
}

/** The kept words and the others in turn; there is one block of kept words more than hunks. */
function stretchesOf(old, new_, hunks, kept) {
  const stretches = []
  for (const [index, block] of kept.entries()) {
    for (let step = 0; step < block.length; step += 1) {
      for (const one of keptWord(old[block.old + step], new_[block.new + step])) stretches.push(one)
    }
    if (index >= hunks.length) break
    const {oldStart, oldEnd, newStart, newEnd} = hunks[index]
    stretches.push({fate: "deleted", old: old.slice(oldStart, oldEnd), new: []})
    stretches.push({fate: "inserted", old: [], new: new_.slice(newStart, newEnd)})
  }
  return stretches
}

function keptWord(old, new_) {
  if (old.text !== new_.text) {  // One of so many different words that they share a number.
    return [{fate: "deleted", old: [old], new: []}, {fate: "inserted", old: [], new: [new_]}]
  }
  const fate = old.link !== new_.link ? "linked" : old.look !== new_.look ? "formatted" : "kept"
  return [{fate, old: [old], new: [new_]}]
}

/** The stretches, those of one fate that follow on each other in one; none without words. */
function united(stretches) {
  const made = []
  let last = null
  for (const one of stretches) {
    if (!one.old.length && !one.new.length) continue
    if (last !== null && isAlike(last, one)) {
      const grown = made.at(-1)
      for (const word of one.old) grown.old.push(word)
      for (const word of one.new) grown.new.push(word)
    } else made.push({fate: one.fate, old: [...one.old], new: [...one.new]})
    last = one
  }
  return made
}

/** Whether stretches are shown as one: for links and formatting, if they went from the same to the same. */
function isAlike(one, other) {
  if (one.fate !== other.fate) return false
  if (one.fate !== "linked" && one.fate !== "formatted") return true
  return ["old", "new"].every(side => one[side][0].look === other[side][0].look && one[side][0].link === other[side][0].link)
}
