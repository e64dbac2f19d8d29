/* The redline of two texts: core/redline.py once more, to the letter, for clauses whose identities are known.
 *
 * A change is {done, old, new, parts, aspects, isCoarse}; `old` and `new` are lists of {place, clause}, a part is a list
 * of stretches (wording.js). Laws hold this file to Python's redlines.
 */
import {Alphabet, heaviestChain, LARGEST} from "./alignment.js"
import {haveSameFrames, isSame} from "./clauses.js"
import {compareWords, keptShare, parted} from "./wording.js"

const ENOUGH = 3  // So many words need clauses whose identities differ, to be the same one all the same.
const LITTLE = 0.3  // If less of a clause was kept, it is shown deleted and inserted whole.
const MOVED = {kept: "moved", edited: "moved and edited"}

/** The redline of two texts as clauses.js reads them; `isBackwards`: the new one is the earlier revision. */
export function redlineOf(old, new_, isBackwards = false, largest = LARGEST) {
  const groups = isBackwards ? groupsOf(new_.names, old).map(([olds, news]) => [news, olds]) : groupsOf(old.names, new_)
  return redline(old.clauses, new_.clauses, withEqual(old.clauses, new_.clauses, groups), largest)
}

/** The groups, and what they leave on both sides that is the same: what stands once in each whole text, and beside that. */
function withEqual(old, new_, groups) {
  const all = [...groups]
  const [gone, come] = [0, 1].map(side => new Set(groups.flatMap(group => group[side])))
  const isFree = (at, to) => at >= 0 && to >= 0 && at < old.length && to < new_.length && !gone.has(at) && !come.has(to)
  const there = singlePlaces(new_)
  for (const [key, i] of singlePlaces(old)) {
    const j = there.get(key)
    if (j === undefined || !isFree(i, j) || old[i].words.length < ENOUGH) continue
    for (const step of [1, -1]) {
      let [at, to] = step > 0 ? [i, j] : [i - 1, j - 1]
      for (; isFree(at, to) && isSame(old[at], new_[to]); at += step, to += step) {
        all.push([[at], [to]])
        gone.add(at)
        come.add(to)
      }
    }
  }
  return all
}

/** Where each clause stands that stands once: by what makes clauses the same. */
function singlePlaces(clauses) {
  const places = new Map()
  const repeated = new Set()
  for (const [place, {kind, level, frames, words}] of clauses.entries()) {
    const key = JSON.stringify([kind, level, frames, words.map(one => [one.text, one.look, one.link])])
    if (places.has(key)) repeated.add(key)
    places.set(key, place)
  }
  for (const key of repeated) places.delete(key)
  return places
}

/** Which clauses of an older revision became which of a newer one: pairs of places (identity.py's `groups_of`). */
export function groupsOf(older, newer) {
  const [here, there] = [older, newer.names].map(names => new Map(names.map((name, place) => [name, place])))
  const groups = []
  for (const [place, name] of older.entries()) {
    if (!there.has(name)) continue
    const news = run(newer.names, there.get(name), here, newer.split)
    groups.push([news.length > 1 ? [place] : run(older, place, there, newer.joined), news])
  }
  return groups
}

/** The place of an identity, and those after it whose identities the other text lacks and that are parts of it. */
function run(names, start, others, wholes) {
  const places = [start]
  for (let end = start + 1; end < names.length; end += 1) {
    if (others.has(names[end]) || !origins(names[end], wholes).has(names[start])) break
    places.push(end)
  }
  return places
}

/** What an identity came out of, or went into. */
function origins(name, wholes) {
  const found = new Set()
  for (let whole = wholes.get(name); whole && !found.has(whole); whole = wholes.get(whole)) found.add(whole)
  return found
}

/** The changes of two texts in reading order; and whether less was recognised than could be. */
export function redline(old, new_, groups, largest = LARGEST) {
  const alphabet = new Alphabet()
  const inOrder = [...groups].sort(([one], [other]) => one[0] - other[0])
  const compared = inOrder.map(([olds, news]) => comparison(placed(old, olds), placed(new_, news), alphabet, largest))
  const found = compared.filter(change => !isRewritten(change))
  const chain = new Set(heaviestChain(found.map(one => [one.old[0].place, one.new[0].place, weight(one)])))
  const changes = [...inReadingOrder(old, new_, found, chain)]
  return {changes, isCoarse: changes.some(one => one.isCoarse)}
}

/** How much changed, as core/redline.py measures it. */
export function measure({changes}) {
  const words = fate => changes.flatMap(one => one.parts).flat().filter(one => one.fate === fate)
    .reduce((sum, one) => sum + (one.new.length || one.old.length), 0)
  return {
    clauses: changes.length,
    changed: changes.filter(one => one.done !== "kept" && one.done !== "moved").length,
    moved: changes.filter(isMoved).length,
    words_inserted: words("inserted"),
    words_deleted: words("deleted"),
  }
}

/** The changes, those of moved clauses twice: where they stand now, and (true) where they stood before. */
export function* withDepartures({changes}) {
  const leaving = changes.filter(isMoved).sort((one, other) => one.old[0].place - other.old[0].place)
  let next = 0
  for (const change of changes) {
    if (change.old.length && !isMoved(change)) {
      for (; next < leaving.length && leaving[next].old[0].place < change.old[0].place; next += 1) yield [leaving[next], true]
    }
    yield [change, false]
  }
  for (; next < leaving.length; next += 1) yield [leaving[next], true]
}

/** Whether a clause stands elsewhere now. */
export function isMoved({done}) {
  return done === "moved" || done === "moved and edited"
}

function placed(clauses, places) {
  return places.map(place => ({place, clause: clauses[place]}))
}

function comparison(old, new_, alphabet, largest) {
  const [oldWords, newWords] = [old, new_].map(side => side.flatMap(one => one.clause.words))
  const isSingle = old.length === 1 && new_.length === 1
  if (isSingle && isSame(old[0].clause, new_[0].clause)) {
    return changed("kept", old, new_, newWords.length ? [{fate: "kept", old: oldWords, new: newWords}] : [])
  }
  const {stretches, isCoarse} = compareWords(oldWords, newWords, alphabet, largest)
  const isSplit = new_.length > 1
  const parts = parted(stretches, (isSplit ? new_ : old).map(one => one.clause.words.length), isSplit)
  const done = isSingle ? "edited" : isSplit ? "split" : "joined"
  return {done, old, new: new_, parts, aspects: aspectsOf(old[0].clause, new_[0].clause, stretches), isCoarse}
}

function changed(done, old, new_, stretches) {
  return {done, old, new: new_, parts: [stretches], aspects: new Set(), isCoarse: false}
}

function aspectsOf(old, new_, stretches) {
  const fates = new Set(stretches.map(one => one.fate))
  const isRestructured = old.kind !== new_.kind || !haveSameFrames(old, new_)
  return new Set([
    ...(fates.has("deleted") || fates.has("inserted") ? ["words"] : []),
    ...(fates.has("linked") ? ["link"] : []),
    ...(fates.has("formatted") ? ["formatting"] : []),
    ...(isRestructured ? ["structure"] : []),
    ...(old.level !== new_.level && old.kind === new_.kind ? ["level"] : []),
  ])
}

/** Whether so little is left that it is rather another clause. */
function isRewritten({done, aspects, parts}) {
  return done === "edited" && aspects.has("words") && keptShare(parts.flat()) < LITTLE
}

/** How much it weighs in what keeps its order: whatever moves should be little. */
function weight({old, new: new_}) {
  return [...old, ...new_].reduce((sum, one) => sum + one.clause.words.length, 1)
}

function* inReadingOrder(old, new_, found, chain) {
  const moved = new Map()
  for (const [index, change] of found.entries()) {
    if (!chain.has(index)) moved.set(change.new[0].place, {...change, done: MOVED[change.done] ?? change.done})
  }
  const [gone, come] = ["old", "new"].map(side => new Set(found.flatMap(change => change[side].map(one => one.place))))
  let [oldPlace, newPlace] = [0, 0]
  function* before(oldEnd, newEnd) {
    for (; oldPlace < oldEnd; oldPlace += 1) {
      const words = old[oldPlace].words
      if (!gone.has(oldPlace)) {
        yield changed("deleted", placed(old, [oldPlace]), [], words.length ? [{fate: "deleted", old: words, new: []}] : [])
      }
    }
    for (; newPlace < newEnd; newPlace += 1) {
      const words = new_[newPlace].words
      if (moved.has(newPlace)) yield moved.get(newPlace)
      else if (!come.has(newPlace)) {
        yield changed("inserted", [], placed(new_, [newPlace]), words.length ? [{fate: "inserted", old: [], new: words}] : [])
      }
    }
  }
  for (const [index, change] of found.entries()) {
    if (!chain.has(index)) continue
    yield* before(change.old[0].place, change.new[0].place)
    yield change
    ;[oldPlace, newPlace] = [change.old.at(-1).place + 1, change.new.at(-1).place + 1]
  }
  yield* before(old.length, new_.length)
}
