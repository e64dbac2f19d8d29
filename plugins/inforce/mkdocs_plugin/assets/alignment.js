/* What two sequences have in common, in order: core/alignment.py once more, to the letter.
 *
 * A sequence has a number for each thing, whatever these are. Of several longest common parts that one is found which
 * RapidFuzz's LCSseq finds, so that the browser marks the same words as Python.
 */

/** How many places the matrix of a comparison may have; each takes a bit of memory. */
export const LARGEST = 400_000_000
const LAST = 0x10FFFF
const DEEPEST = 6
const WIDTHS = [1, 6]

/** Gives each thing a number, the same one to equal things; beyond a million things the further ones share one. */
export class Alphabet {
  constructor() {
    this.known = new Map()
  }

  spell(things) {
    return Int32Array.from(things, one => this.known.get(one) ?? this.learn(one))
  }

  learn(thing) {
    const number = Math.min(this.known.size + 1, LAST)
    this.known.set(thing, number)
    return number
  }
}

/** What both have in common, in order, as blocks {old, new, length}; and whether that is coarser than it could be. */
export function common(old, new_, largest = LARGEST) {
  const blocks = []
  const isCoarse = gather(old, new_, {old: 0, new: 0}, blocks, 0, largest)
  return {blocks: united(blocks), isCoarse}
}

/** Add what both have in common, which begin at `at`; whether it is coarse. */
function gather(old, new_, at, blocks, depth, largest) {
  const head = commonStart(old, new_)
  const tail = commonEnd(old.subarray(head), new_.subarray(head))
  if (head) blocks.push({old: at.old, new: at.new, length: head})
  const innerOld = old.subarray(head, old.length - tail)
  const innerNew = new_.subarray(head, new_.length - tail)
  const inner = {old: at.old + head, new: at.new + head}
  let isCoarse = false
  if (innerOld.length && innerNew.length) {
    if (innerOld.length * innerNew.length <= largest) longestCommon(innerOld, innerNew, inner, blocks)
    else {
      isCoarse = true
      if (depth < DEEPEST) aroundAnchors(innerOld, innerNew, inner, blocks, depth, largest)
    }
  }
  if (tail) blocks.push({old: at.old + old.length - tail, new: at.new + new_.length - tail, length: tail})
  return isCoarse
}

/** Hyyrö's bit-parallel matrix, and the way back through it that RapidFuzz takes. */
function longestCommon(old, new_, at, blocks) {
  const width = Math.ceil(old.length / 32)
  const rows = matrix(old, new_, width)
  const pairs = []
  let [column, row] = [old.length, new_.length]
  const isSet = (r, c) => (rows[r * width + (c >>> 5)] >>> (c & 31)) & 1
  while (row && column) {
    if (isSet(row - 1, column - 1)) column -= 1
    else {
      row -= 1
      if (!row || isSet(row - 1, column - 1)) {
        column -= 1
        pairs.push([column, row])
      }
    }
  }
  for (const [i, j] of pairs.reverse()) blocks.push({old: at.old + i, new: at.new + j, length: 1})
}

/** A row for each thing of the new sequence, in it a bit for each of the old: 0 where one more is in common. */
function matrix(old, new_, width) {
  const rows = new Uint32Array(new_.length * width)
  const places = placesOf(old, new_, width)
  const none = new Uint32Array(width)
  let state = new Uint32Array(width).fill(0xFFFFFFFF)
  for (let row = 0; row < new_.length; row += 1) {
    const matches = places.get(new_[row]) ?? none
    const next = rows.subarray(row * width, (row + 1) * width)
    if (matches === none) next.set(state)
    else {
      let carry = 0
      for (let word = 0; word < width; word += 1) {
        const before = state[word]
        const used = (before & matches[word]) >>> 0
        const sum = before + used + carry
        carry = sum > 0xFFFFFFFF ? 1 : 0
        next[word] = sum | (before & ~used)
      }
    }
    state = next
  }
  return rows
}

/** For each thing that both have: its places in the old sequence, as bits. */
function placesOf(old, new_, width) {
  const there = new Set(new_)
  const places = new Map()
  for (let place = 0; place < old.length; place += 1) {
    const thing = old[place]
    if (!there.has(thing)) continue
    if (!places.has(thing)) places.set(thing, new Uint32Array(width))
    places.get(thing)[place >>> 5] |= 1 << (place & 31)
  }
  return places
}

function aroundAnchors(old, new_, at, blocks, depth, largest) {
  let chosen = []
  for (const width of WIDTHS) if (!chosen.length) chosen = anchors(old, new_, width)
  if (!chosen.length) return
  let [i, j] = [-1, -1]
  for (const [nextI, nextJ] of [...chosen, [old.length, new_.length]]) {
    const begin = {old: at.old + i + 1, new: at.new + j + 1}
    gather(old.subarray(i + 1, nextI), new_.subarray(j + 1, nextJ), begin, blocks, depth + 1, largest)
    if (nextI < old.length) blocks.push({old: at.old + nextI, new: at.new + nextJ, length: 1})
    ;[i, j] = [nextI, nextJ]
  }
}

function anchors(old, new_, width) {
  const pairs = onceInBoth(runs(old, width), runs(new_, width)).map(([i, j]) => [i, j, 1])
  return heaviestChain(pairs).map(index => pairs[index])
}

/** From each place so many things. */
function runs(things, width) {
  return Array.from({length: Math.max(0, things.length - width + 1)}, (_, place) => things.subarray(place, place + width).join())
}

function onceInBoth(old, new_) {
  const there = singlePlaces(new_)
  return [...singlePlaces(old)].filter(([thing]) => there.has(thing)).map(([thing, place]) => [place, there.get(thing)])
}

function singlePlaces(things) {
  const places = new Map()
  const repeated = new Set()
  for (const [place, thing] of things.entries()) {
    if (places.has(thing)) repeated.add(thing)
    else places.set(thing, place)
  }
  for (const thing of repeated) places.delete(thing)
  return places
}

/** Which of the pairs of places [old, new, weight] stay in order, in both, and weigh most together: their indices.
 *
 * Each pair weighs more than nothing.
 */
export function heaviestChain(pairs) {
  const order = pairs.map((_, index) => index)
  order.sort((one, other) => pairs[one][0] - pairs[other][0] || pairs[other][1] - pairs[one][1])
  const chains = []  // Those that were begun: where each ends, its weight, its last pair. Further ends weigh more.
  const before = new Map()
  for (const index of order) {
    let [, end, weight] = pairs[index]
    const at = firstFrom(chains, end)
    if (at) {
      weight += chains[at - 1].weight
      before.set(index, chains[at - 1].last)
    }
    let beyond = at
    while (beyond < chains.length && chains[beyond].weight <= weight) beyond += 1
    if (beyond > at || at === chains.length || chains[at].end > end) chains.splice(at, beyond - at, {end, weight, last: index})
  }
  const found = []
  for (let last = chains.at(-1)?.last; last !== undefined; last = before.get(last)) found.push(last)
  return found.reverse()
}

/** The place of the first chain that does not end before. */
function firstFrom(chains, end) {
  let [low, high] = [0, chains.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (chains[middle].end < end) low = middle + 1
    else high = middle
  }
  return low
}

function commonStart(old, new_) {
  const shorter = Math.min(old.length, new_.length)
  let length = 0
  while (length < shorter && old[length] === new_[length]) length += 1
  return length
}

function commonEnd(old, new_) {
  const shorter = Math.min(old.length, new_.length)
  let length = 0
  while (length < shorter && old[old.length - 1 - length] === new_[new_.length - 1 - length]) length += 1
  return length
}

/** Blocks that follow on each other directly, in one. */
function united(blocks) {
  const made = []
  for (const block of blocks) {
    const last = made.at(-1)
    if (last && last.old + last.length === block.old && last.new + last.length === block.new) last.length += block.length
    else made.push({...block})
  }
  return made
}
