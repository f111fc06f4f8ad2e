/** What only the browser can bring about – hover, focus, press – as classes: `.as-hover` looks as `:hover` does. */
const FELT: [RegExp, string][] = [
  [/:hover/g, '.as-hover'],
  [/:focus-visible|:focus-within/g, '.as-focus'],
  [/:active/g, '.as-press'],
]

const made = document.createElement('style')

/** For every sheet, those of parts that come later too. */
export function feel() {
  document.head.append(made)
  new MutationObserver(write).observe(document.head, { childList: true })
  write()
}

function write() {
  const sheets = [...document.styleSheets].filter((sheet) => sheet.ownerNode !== made)
  const rules = sheets.flatMap((sheet) => [...(readable(sheet) ?? [])].map((rule) => rule.cssText))
  made.textContent = rules
    .filter((rule) => FELT.some(([state]) => rule.match(state)))
    .map((rule) => FELT.reduce((text, [state, name]) => text.replace(state, name), rule))
    .join('\n')
}

/** A sheet that is on its way cannot be read yet. */
function readable(sheet: CSSStyleSheet): CSSRuleList | undefined {
  try {
    return sheet.cssRules
  } catch {
    sheet.ownerNode?.addEventListener('load', write, { once: true })
    return undefined
  }
}
