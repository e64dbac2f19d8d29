/* Instants, days and wall clocks: core/instant.py once more, for the browser.
 *
 * An instant is a BigInt of microseconds since 1970 in UTC, so that nothing is rounded. A zone's clocks come from the
 * page (the locked tzdata, rule 6), never from the browser.
 */

const EARLIEST = 1000, LATEST = 9000
const SECOND = 1_000_000n
const DAY = 86400
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/
const INSTANT = /^(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(?:[Zz]|([+-])(\d\d):(\d\d))$/
const LOCAL = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d)?$/

/** What is wrong with an input: the name of a message, and its values. */
export class Wrong extends Error {
  constructor(message, values) {
    super(message)
    this.values = values
  }
}

/** Seconds since 1970 of 00:00 UTC of a day written 2018-05-10; null where the text has another form. */
export function parseDay(text) {
  const found = DATE.exec(text)
  if (!found) return null
  const [year, month, day] = found.slice(1).map(Number)
  const midnight = secondsOf(year, month, day)
  if (year < 1 || wallClock(midnight).month !== month || wallClock(midnight).day !== day) throw new Wrong("no_day", {text})
  if (year < EARLIEST || year > LATEST) throw new Wrong("no_year", {text})
  return midnight
}

/** An instant written as RFC 3339 has it; null where the text has another form. */
export function parseInstant(text) {
  const found = INSTANT.exec(text)
  if (!found) {
    if (LOCAL.test(text)) throw new Wrong("no_zone", {text})
    return null
  }
  parseDay(found[1])
  const [hour, minute, second] = found.slice(2, 5).map(part => Number(part ?? 0))
  const [ahead, behind] = found.slice(7).map(part => Number(part ?? 0))
  if (hour > 23 || minute > 59 || second > 59 || ahead * 60 + behind >= 1440) throw new Wrong("no_instant", {text})
  return readInstant(text)
}

/** A well-formed instant of the page's own data. */
export function readInstant(text) {
  const [, day, hour, minute, second = "0", fraction = "", sign = "+", ahead = "0", behind = "0"] = INSTANT.exec(text)
  const [year, month, date] = DATE.exec(day).slice(1).map(Number)
  const clock = secondsOf(year, month, date) + Number(hour) * 3600 + Number(minute) * 60 + Number(second)
  const offset = (Number(ahead) * 3600 + Number(behind) * 60) * (sign === "-" ? -1 : 1)
  return BigInt(clock - offset) * SECOND + BigInt(fraction.padEnd(6, "0"))
}

/** A policy's time zone: `before` the first turn of its clocks, the `turns`, and the `rule` after the last one. */
export class Zone {
  constructor({before, turns, rule}) {
    this.before = before
    this.turns = turns
    this.rule = rule
  }

  /** The instant at which a day begins; a midnight that is skipped moves later, of two the first counts. */
  firstInstant(midnight) {
    return BigInt(midnight - this._offset(midnight, (at, before, after) => at + Math.max(before, after))) * SECOND
  }

  /** RFC 3339 with the zone's offset; in UTC where the offset then had seconds, which RFC 3339 cannot say. */
  format(instant) {
    const offset = this.offset(instant)
    const said = offset % 60 ? 0 : offset
    const minutes = Math.abs(said) / 60
    const clock = wallClock(whole(instant) + said)
    const fraction = instant - BigInt(whole(instant)) * SECOND
    const time = [clock.hour, clock.minute, clock.second].map(two).join(":")
    const zone = `${said < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
    const micros = fraction ? `.${String(fraction).padStart(6, "0")}` : ""
    return `${String(clock.year).padStart(4, "0")}-${two(clock.month)}-${two(clock.day)}T${time}${micros}${zone}`
  }

  /** What the clocks of the zone show at the instant. */
  local(instant) {
    return wallClock(whole(instant) + this.offset(instant))
  }

  /** The offset from UTC at the instant, in seconds. */
  offset(instant) {
    return this._offset(whole(instant), at => at)
  }

  /** The offset after the last turn whose `place` (given when, the offset before and after) is not after `moment`. */
  _offset(moment, place) {
    let offset = this.before
    for (const [at, after] of this._turns(moment)) {
      if (place(at, offset, after) > moment) break
      offset = after
    }
    return offset
  }

  *_turns(moment) {
    yield* this.turns
    if (!this.rule) return
    const last = this.turns.length ? this.turns.at(-1)[0] : -Infinity
    const {year} = wallClock(moment)
    for (const one of [year - 1, year, year + 1]) {
      const {standard, summer, starts, ends} = this.rule
      const turns = [[turn(one, starts) - standard, summer], [turn(one, ends) - summer, standard]]
      yield* turns.sort((one, other) => one[0] - other[0]).filter(([at]) => at > last)
    }
  }
}

/** Year, month, day, hour, minute and second of a number of seconds on a clock. */
export function wallClock(seconds) {
  const date = new Date(seconds * 1000)
  return {
    year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(),
    hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds(),
  }
}

/** When the clocks turn in a year: the given weekday of the given week (5: the last) of a month, seconds after 00:00. */
function turn(year, [month, week, weekday, time]) {
  const first = secondsOf(year, month, 1) / DAY
  const next = secondsOf(year, month + 1, 1) / DAY
  let day = first + (weekday - (first + 4) + 7 * 1e6) % 7 + (week - 1) * 7
  if (day >= next) day -= 7
  return day * DAY + time
}

function secondsOf(year, month, day) {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getTime() / 1000
}

function whole(instant) {
  return Number((instant - ((instant % SECOND) + SECOND) % SECOND) / SECOND)
}

function two(number) {
  return String(number).padStart(2, "0")
}
