import { expect, it } from 'vitest'

import { kept, waiting } from '@/composables/shown'
import type { Entry } from '@/outbox'
import type { Message } from '@/wire'

const row: Message = { id: 9, room: 1, seq: 4, author: 2, at: '2026-03-10T12:00:00Z', nonce: 'n1', body: 'hi', html: '<p>hi</p>' }

it('keeps the key of a message of mine from waiting to kept, so that its element stays', () => {
  const entry: Entry = { nonce: 'n1', room: 1, body: 'hi', at: 0, state: 'waiting', error: '' }
  expect(waiting(entry, 2).key).toBe(kept({ ...row }, 2).key)
})

it('keys the messages of others by their id: a nonce is unique to its author alone', () => {
  expect(kept({ ...row }, 1).key).toBe('m9')
})

it('gives the same object for the same row and another one for a changed row', () => {
  expect(kept(row, 1)).toBe(kept(row, 1))
  expect(kept({ ...row, body: 'ho' }, 1)).not.toBe(kept(row, 1))
})
