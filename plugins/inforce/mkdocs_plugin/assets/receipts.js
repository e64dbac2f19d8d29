/* Receipts of the register of acceptances: reads them, and checks their signatures. formats/acceptance/receipt_jws.py
 * writes them, and signed_json.py says how they are signed: JWS in its compact form (RFC 7515).
 *
 * What a receipt holds comes from anybody. Nothing of it is used but texts of the forms that are asked for here.
 */

export const DECISIONS = ["accepted", "declined", "deferred"]
const AUDIENCES = ["current_users", "new_users"]
const [TYPE, LONGEST] = ["inforce-receipt+jwt", 16384]
const SLUG = /^[a-z0-9][a-z0-9.-]*$/
const DIGEST = /^[0-9a-f]{64}$/
const INSTANT = /^\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?Z$/
const ENCODED = /^[A-Za-z0-9_-]+$/
const KINDS = {
  Ed25519: {members: ["crv", "kty", "x"], key: {name: "Ed25519"}, signature: {name: "Ed25519"}},
  ES256: {
    members: ["crv", "kty", "x", "y"],
    key: {name: "ECDSA", namedCurve: "P-256"},
    signature: {name: "ECDSA", hash: "SHA-256"},
  },
}

/** Why a text is no receipt, or none of the register's: the name of a message, and its values. */
export class Refused extends Error {
  constructor(message, values = {}) {
    super(message)
    this.values = values
  }
}

/** The texts in what somebody gave: receipts, with anything between them, or an address that has them after its `#`. */
export function textsIn(given) {
  return given.slice(given.indexOf("#") + 1).split(/[\s,;&]+/).filter(Boolean)
}

/** A receipt, not checked yet. Throws `Refused`. */
export function readReceipt(text) {
  const parts = text.split(".")
  if (text.length > LONGEST || parts.length !== 3 || !parts.every(part => ENCODED.test(part))) throw new Refused("none")
  const [header, payload] = parts.slice(0, 2).map(objectIn)
  const signature = signatureIn(parts[2])
  if (Object.keys(header).sort().join() !== "alg,kid,typ" || header.typ !== TYPE) throw new Refused("none")
  if (typeof header.kid !== "string" || !ENCODED.test(header.kid)) throw new Refused("none")
  return {text, header, payload, signature, signed: new TextEncoder().encode(parts.slice(0, 2).join("."))}
}

/** Whether the register signed a receipt: true, or why the browser cannot tell (`kind`, `insecure`). Throws `Refused`. */
export async function check({header, signature, signed}, keys) {
  const jwk = keys.find(one => one.kid === header.kid)
  if (jwk === undefined) throw new Refused("unknown_key")
  const kind = Object.hasOwn(KINDS, jwk.alg) ? KINDS[jwk.alg] : null
  if (kind === null || header.alg !== jwk.alg) throw new Refused("altered")
  if (!globalThis.crypto?.subtle) return "insecure"
  const members = Object.fromEntries(kind.members.map(name => [name, jwk[name]]))
  try {
    const key = await crypto.subtle.importKey("jwk", members, kind.key, false, ["verify"])
    if (await crypto.subtle.verify(kind.signature, key, signature, signed)) return true
  } catch (wrong) {
    if (wrong.name === "NotSupportedError") return "kind"
    throw wrong
  }
  throw new Refused("altered")
}

/** What a receipt says, if it says what a receipt has to. Throws `Refused`. */
export function saidIn({header, payload}) {
  const {audience, decision, digest, instant, number, policy, presentation, register, registered, revision, row, subject, iss} = payload
  const isOne = AUDIENCES.includes(audience) && DECISIONS.includes(decision)
    && [digest, presentation, row].every(one => isLike(DIGEST, one)) && [policy, revision].every(one => isLike(SLUG, one))
    && isInstant(instant) && (registered === null || isInstant(registered)) && Number.isSafeInteger(number)
    && [subject, register, iss ?? ""].every(one => typeof one === "string")
  if (!isOne) throw new Refused("later")
  return {
    audience, decision, digest, instant, number, policy, presentation, register, registered, revision, row, subject,
    issuer: iss ?? "", kid: header.kid, kind: header.alg,
  }
}

function isLike(form, text) {
  return typeof text === "string" && form.test(text)
}

function isInstant(text) {
  return isLike(INSTANT, text) && !Number.isNaN(Date.parse(text))
}

function signatureIn(part) {
  try {
    return bytesOf(part)
  } catch {
    throw new Refused("altered")
  }
}

function objectIn(part) {
  let value = null
  try {
    value = JSON.parse(new TextDecoder("utf-8", {fatal: true}).decode(bytesOf(part)))
  } catch {
    throw new Refused("none")
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Refused("none")
  return value
}

/** The bytes of Base64 for addresses without padding (RFC 4648, 5), written in the one way that there is. */
function bytesOf(part) {
  let read = ""
  try {
    read = atob(part.replaceAll("-", "+").replaceAll("_", "/"))
  } catch {
    throw new Refused("none")
  }
  if (btoa(read).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "") !== part) throw new Refused("none")
  return Uint8Array.from(read, sign => sign.codePointAt(0))
}
