import { expect, test, vi } from 'vitest'

import type { Notice } from '../wire'
import { message, quiet, server, startAnswer, startTab, until } from './world'

const notice = (id: number): Notice => ({ id, kind: 'mention', at: '2026-01-01T00:00:00Z', message: 1000 + id, room: 7, by: 4, rev: id })

/** Answers with the notices of these ids, in the lobby, the newest first. */
function page(from: number, to: number, more: boolean) {
  const ids = Array.from({ length: to - from + 1 }, (_, i) => to - i)
  return { notices: ids.map(notice), messages: ids.map((id) => message(id)), more }
}

/** A tab that shows its inbox. */
async function inInbox() {
  const tab = await startTab()
  const inbox = await import('../stores/inbox')
  inbox.show(undefined, true)
  await until(() => inbox.box.known)
  return { ...tab, ...inbox }
}

test('an inbox that is too far behind is read afresh', async () => {
  server.answers['inbox.page'] = () => page(1, 1, false)
  const { notices } = await inInbox()
  expect(notices.value).toHaveLength(1)
  server.answers['inbox.page'] = () => page(1, 0, false)
  server.state = { ...startAnswer(), topics: { ...startAnswer().topics, 'user:3': 440 }, reset: ['user:3'] }
  server.socket.cut()
  await vi.advanceTimersByTimeAsync(2_000)
  await quiet()
  expect(notices.value).toEqual([])
  expect(server.called('inbox.page')).toHaveLength(2)
})

test('an inbox that was read on stays as long when a notice comes before its message', async () => {
  server.answers['inbox.page'] = ({ before }) => (before ? page(1, 30, false) : page(31, 60, true))
  const { box, next, notices } = await inInbox()
  await next()
  expect(notices.value).toHaveLength(60)
  server.change({ topic: 'user:3', seq: 41, notices: [notice(61)] })
  await until(() => !box.loading)
  expect(notices.value).toHaveLength(61)
  expect(box.more).toBe(false)
})
