/** Colours for code, in about twenty languages, each loaded when it is first seen. What is drawn is text in spans. */
import hljs from 'highlight.js/lib/core'
import type { LanguageFn } from 'highlight.js'

type Load = () => Promise<{ default: LanguageFn }>

const languages: Record<string, Load> = {
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  csharp: () => import('highlight.js/lib/languages/csharp'),
  css: () => import('highlight.js/lib/languages/css'),
  diff: () => import('highlight.js/lib/languages/diff'),
  dockerfile: () => import('highlight.js/lib/languages/dockerfile'),
  go: () => import('highlight.js/lib/languages/go'),
  ini: () => import('highlight.js/lib/languages/ini'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  kotlin: () => import('highlight.js/lib/languages/kotlin'),
  php: () => import('highlight.js/lib/languages/php'),
  python: () => import('highlight.js/lib/languages/python'),
  ruby: () => import('highlight.js/lib/languages/ruby'),
  rust: () => import('highlight.js/lib/languages/rust'),
  sql: () => import('highlight.js/lib/languages/sql'),
  swift: () => import('highlight.js/lib/languages/swift'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
}

const aliases: Record<string, string> = {
  'c#': 'csharp',
  'c++': 'cpp',
  cs: 'csharp',
  docker: 'dockerfile',
  golang: 'go',
  h: 'c',
  html: 'xml',
  js: 'javascript',
  jsx: 'javascript',
  kt: 'kotlin',
  patch: 'diff',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'bash',
  shell: 'bash',
  svg: 'xml',
  toml: 'ini',
  ts: 'typescript',
  tsx: 'typescript',
  yml: 'yaml',
  zsh: 'bash',
}

/** What the highlighter found: a piece of text, or pieces with a meaning such as `keyword`. */
type Piece = string | { scope?: string; children: Piece[] }

/** The code drawn with spans, or null where the language is not known. */
export async function highlighted(code: string, name: string): Promise<DocumentFragment | null> {
  const language = aliases[name] ?? name
  const load = Object.hasOwn(languages, language) ? languages[language] : undefined
  if (!load) return null
  if (!hljs.getLanguage(language)) hljs.registerLanguage(language, (await load()).default)
  const { _emitter: found } = hljs.highlight(code, { language, ignoreIllegals: true })
  const fragment = document.createDocumentFragment()
  // Its HTML would be text to trust; its tree is none.
  draw((found as unknown as { rootNode: Exclude<Piece, string> }).rootNode.children, fragment)
  return fragment
}

function draw(pieces: Piece[], into: Node) {
  for (const piece of pieces) {
    if (typeof piece === 'string') into.appendChild(document.createTextNode(piece))
    else draw(piece.children, piece.scope ? into.appendChild(span(piece.scope)) : into)
  }
}

function span(scope: string): HTMLElement {
  const element = document.createElement('span')
  element.className = `code-${scope.split('.')[0]}`
  return element
}
