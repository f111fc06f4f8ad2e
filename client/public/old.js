/**
 * Says so where a browser is too old for the client, instead of a blank page. It runs in any browser, so it is written as
 * scripts were ten years ago. What it asks for is what the build takes for granted: see `target` in vite.config.ts.
 */
;(function () {
  var html = document.documentElement
  var able =
    'noModule' in document.createElement('script') &&
    'popover' in html &&
    typeof Set.prototype.union === 'function' &&
    CSS.supports('color', 'light-dark(#000, #fff)')
  if (able) return

  var german = /^de/.test(navigator.language || '')
  var words = german
    ? ['Dieser Browser ist zu alt für Chinwag', 'Bitte aktualisiere ihn, oder öffne diese Seite in einem neueren: Firefox, Chrome, Edge oder Safari aus den letzten zwei Jahren.']
    : ['This browser is too old for Chinwag', 'Please update it, or open this page in a newer one: Firefox, Chrome, Edge or Safari of the last two years.']
  var page = document.createElement('main')
  var title = document.createElement('h1')
  var text = document.createElement('p')
  html.lang = german ? 'de' : 'en'
  document.title = title.textContent = words[0]
  text.textContent = words[1]
  page.style.cssText = 'max-width: 32em; margin: 15vh auto; padding: 0 24px; font: 18px/1.5 sans-serif'
  page.appendChild(title)
  page.appendChild(text)
  // In the place of the client, whether that runs or not.
  document.body.replaceChild(page, document.getElementById('app'))
})()
