/**
 * The one door for HTML that did not come from a template, and for the service worker. The server has cleaned the HTML;
 * nothing rewrites it here. The content security policy allows exactly this Trusted Types policy, and Vue's own.
 */
interface Policy {
  createHTML: (html: string) => string
  createScriptURL: (url: string) => string
}
interface Factory {
  createPolicy: (name: string, rules: Policy) => Policy
}

const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes
const policy = factory?.createPolicy('chinwag', { createHTML: (html) => html, createScriptURL: (url) => url })

/** Puts the server's HTML of a message into `element`. */
export function setServerHtml(element: Element, html: string) {
  element.innerHTML = policy ? policy.createHTML(html) : html
}

/** Has the client kept by the browser, so that it opens at once, and offline. Not while it is developed. */
export function keepShell() {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  const url = '/sw.js'
  navigator.serviceWorker.register(policy ? policy.createScriptURL(url) : url).catch(console.error)
}

/** Reads HTML into a document of its own, in which nothing runs and nothing is loaded. */
export function parseInert(html: string): Document {
  return new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, 'text/html')
}
