import { expect, it } from 'vitest'

import { plainWords } from '@/composables/plain'
import { put } from '@/stores/users'

it('says in words what was said, without marks, and keeps hidden what is hidden', () => {
  put({ id: 4, handle: 'nora', name: 'Nora Vale', kind: 'person', role: 'member' })
  const html =
    '<p><span class="mention" data-mention="user:4">@nora</span> <strong>look</strong> <code>tap 3</code> ' +
    '<span class="spoiler">it was me</span> <img src="/emoji/x" alt=":leek:"></p>\n<ul>\n<li>\n<p>More</p>\n</li>\n</ul>'
  expect(plainWords({ body: 'raw', html })).toBe('@Nora Vale look tap 3 ▒▒▒▒ :leek:\nMore')
})

it('falls back to the bare text, and to the names of files', () => {
  const file = { id: 'a', name: 'plan.pdf', size: 1, type: 'application/pdf' }
  expect(plainWords({ body: 'Not rendered yet' })).toBe('Not rendered yet')
  expect(plainWords({ body: '', files: [file, { ...file, name: 'bed.jpg' }] })).toBe('plan.pdf, bed.jpg')
})
