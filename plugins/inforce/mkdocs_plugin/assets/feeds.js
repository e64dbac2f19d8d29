/* Keeps Material from asking for a sitemap beside each feed.
 *
 * A page names its feeds by `<link rel="alternate">`, which is what feed readers look for. Material takes each such link
 * for the site in another language, and asks for the sitemap beside it, which is not there. It looks when the page is
 * read; modules run just before. So meanwhile there is a space at the end, which is no part of the word (HTML).
 */
const FEEDS = ["application/atom+xml", "application/feed+json"].map(type => `link[rel=alternate][type="${type}"]`)

const material = globalThis.document$
if (material?.subscribe) {
  const feeds = document.querySelectorAll(FEEDS.join())
  for (const one of feeds) one.rel = "alternate "
  material.subscribe(() => { // After Material, which asked to be called before.
    for (const one of feeds) one.rel = "alternate"
  })
}
