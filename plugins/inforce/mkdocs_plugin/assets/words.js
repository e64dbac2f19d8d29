/* Messages and dates in the page's language. The words are the page's: formats/script_words.py writes them. */

/** A message with the names in its braces replaced, as a list of texts and elements. */
export function said(message, values = {}) {
  return message.split(/(\{\w+\})/).filter(Boolean).map(part => (part.startsWith("{") ? values[part.slice(1, -1)] ?? part : part))
}

/** A wall clock in words, as formats/messages has it; the time of day only where it is not midnight. */
export function momentIn(words, clock) {
  const date = inPattern(words.date, clock, words.months)
  if (!clock.hour && !clock.minute && !clock.second) return date
  const time = inPattern(clock.second ? words.time_exact : words.time, clock, words.months)
  return said(words.date_with_time, {date, time}).join("")
}

/** The day of a wall clock in words. */
export function dayIn(words, clock) {
  return inPattern(words.date, clock, words.months)
}

/** A pattern is a list of texts and of fields of CLDR, which are given as [field, width]. */
function inPattern(pattern, clock, months) {
  return pattern.map(part => (typeof part === "string" ? part : inField(...part, clock, months))).join("")
}

function inField(field, width, clock, months) {
  if (field === "M" && width > 2) return months[String(width)][clock.month - 1]
  const number = {y: clock.year, M: clock.month, d: clock.day, H: clock.hour, m: clock.minute, s: clock.second}[field]
  return String(number).padStart(width, "0")
}

/** An element with attributes and contents. */
export function element(name, attributes = {}, ...contents) {
  return holding(name, attributes, contents)
}

/** The same for any number of contents: a call takes only so many. */
export function holding(name, attributes, contents) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  for (const one of contents) made.append(one)
  return made
}

/** Calls `begin` now, the page being read, and each time when Material exchanges its content (navigation.instant). */
export function onEachPage(begin) {
  begin()
  globalThis.document$?.subscribe?.(() => begin())
}
