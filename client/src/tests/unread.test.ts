import { expect, test, vi } from 'vitest'

import { Refusal, hideTab, message, messages, post, quiet, server, startAnswer, startTab, until, view } from './world'

async function counting(mine = view()) {
  server.state = { ...startAnswer(), mine: [mine] }
  server.answers['messages.page'] = () => ({ messages: messages(41, 50), more: true, older: true, newer: false })
  const tab = await startTab()
  return { ...tab, unread: () => tab.rooms.mine.get(7)?.unread ?? 0 }
}

const deleted = (seq: number, rev: number) => ({ topic: 'room:7', seq: rev, messages: [message(seq, { rev, deleted: true })] })

test('messages of others count, one does not count one’s own, nor edits', async () => {
  const tab = await counting()
  server.change(post(51))
  server.change(post(52, { author: 3 }))
  server.change({ topic: 'room:7', seq: 53, messages: [message(51, { rev: 53, body: 'edited' })] })
  expect(tab.unread()).toBe(1)
})

test('what was counted by the server is not counted again', async () => {
  const tab = await counting(view({ unread: 2, at_seq: 52 }))
  server.change(post(51))
  server.change(post(52))
  expect(tab.unread()).toBe(2)
  server.change(post(53))
  expect(tab.unread()).toBe(3)
})

test('a delete lowers the count when the message was counted, and only once', async () => {
  const tab = await counting(view({ read_seq: 48, unread: 2 }))
  server.change(deleted(49, 51))
  expect(tab.unread()).toBe(1)
  server.change(deleted(49, 51))
  server.change(deleted(47, 52))
  expect(tab.unread()).toBe(1)
})

test('a message that came and went while the client was away never counts', async () => {
  const tab = await counting()
  server.change({ topic: 'room:7', seq: 53, since: 50, messages: [message(51, { rev: 52, deleted: true }), message(53)] })
  expect(tab.unread()).toBe(1)
})

test('a delete that the server had counted in does not count twice', async () => {
  const tab = await counting(view({ read_seq: 48, unread: 1, at_seq: 51 }))
  server.change(deleted(49, 51))
  expect(tab.unread()).toBe(1)
})

test('a row that was counted before the last messages gets them added', async () => {
  const tab = await counting()
  server.change(post(51))
  server.change(post(52))
  server.change(deleted(51, 53))
  server.change({ topic: 'user:3', seq: 41, mine: [view({ rev: 41, unread: 0, at_seq: 50 })] })
  expect(tab.unread()).toBe(1)
})

test('the count stops at a thousand', async () => {
  const tab = await counting(view({ unread: 999 }))
  for (const seq of [51, 52, 53]) server.change(post(seq))
  expect(tab.unread()).toBe(1_000)
  server.change(deleted(51, 54))
  expect(tab.unread()).toBe(1_000)
})

test('the end in view marks the room as read, once for many messages', async () => {
  const tab = await counting()
  const timeline = tab.messages.open(7)
  await until(() => timeline.loading === '')
  tab.messages.atEnd(7, true)
  for (const seq of [51, 52, 53]) server.change(post(seq))
  await quiet()
  expect(server.called('reads.mark')).toEqual([])
  await vi.advanceTimersByTimeAsync(500)
  expect(server.called('reads.mark')).toEqual([{ room: 7, seq: 53 }])
  expect(tab.unread()).toBe(0)
})

test('nothing is marked while the end is out of view, the tab is hidden, or the room is not shown', async () => {
  const tab = await counting()
  const timeline = tab.messages.open(7)
  await until(() => timeline.loading === '')
  server.change(post(51))
  await vi.advanceTimersByTimeAsync(1_000)
  hideTab(true)
  tab.messages.atEnd(7, true)
  await vi.advanceTimersByTimeAsync(1_000)
  tab.messages.close()
  hideTab(false)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(server.called('reads.mark')).toEqual([])
  tab.messages.open(7)
  tab.messages.atEnd(7, true)
  await vi.advanceTimersByTimeAsync(500)
  expect(server.called('reads.mark')).toEqual([{ room: 7, seq: 51 }])
})

test('the end of a window that does not reach the latest message marks nothing', async () => {
  const tab = await counting(view({ read_seq: 40, unread: 10 }))
  server.answers['messages.page'] = () => ({ messages: messages(31, 45), more: true, older: true, newer: true })
  const timeline = tab.messages.open(7)
  await until(() => timeline.loading === '')
  tab.messages.atEnd(7, true)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(server.called('reads.mark')).toEqual([])
})

test('what arrives between looking and marking stays unread', async () => {
  const tab = await counting()
  const timeline = tab.messages.open(7)
  await until(() => timeline.loading === '')
  tab.messages.atEnd(7, true)
  server.change(post(51))
  await quiet()
  tab.messages.atEnd(7, false)
  server.change(post(52))
  await vi.advanceTimersByTimeAsync(500)
  expect(server.called('reads.mark')).toEqual([{ room: 7, seq: 51 }])
  expect(tab.unread()).toBe(1)
})

test('what was read offline is marked when the client is back', async () => {
  const tab = await counting(view({ read_seq: 48, unread: 2 }))
  server.answers['reads.mark'] = ({ seq }) => view({ read_seq: seq })
  const timeline = tab.messages.open(7)
  await until(() => timeline.loading === '')
  server.up = false
  server.socket.cut()
  tab.messages.atEnd(7, true)
  await vi.advanceTimersByTimeAsync(500)
  expect(tab.unread()).toBe(0)
  tab.messages.close()
  server.up = true
  await vi.advanceTimersByTimeAsync(2_000)
  await until(() => server.called('reads.mark').length === 1)
  expect(tab.unread()).toBe(0)
})

test('another tab sees at once what was read in this one', async () => {
  const one = await counting(view({ read_seq: 48, unread: 2 }))
  const two = await startTab()
  const timeline = one.messages.open(7)
  await until(() => timeline.loading === '')
  one.messages.atEnd(7, true)
  await vi.advanceTimersByTimeAsync(500)
  await until(() => two.rooms.mine.get(7)?.unread === 0)
})

test('the new line stands where reading stopped, also in a room left open in a hidden tab', async () => {
  const tab = await counting(view({ read_seq: 45, unread: 5 }))
  const timeline = tab.messages.open(7)
  await until(() => timeline.loading === '')
  tab.messages.atEnd(7, true)
  await vi.advanceTimersByTimeAsync(500)
  hideTab(true)
  hideTab(false)
  expect(timeline.newAfter).toBe(45)
  hideTab(true)
  for (const seq of [51, 52, 53]) server.change(post(seq))
  hideTab(false)
  await vi.advanceTimersByTimeAsync(500)
  expect(tab.unread()).toBe(0)
  expect(timeline.newAfter).toBe(50)
})

test('the new line stands where reading stopped when the connection was cut', async () => {
  const tab = await counting(view({ read_seq: 45, unread: 5 }))
  const timeline = tab.messages.open(7)
  await until(() => timeline.loading === '')
  tab.messages.atEnd(7, true)
  await vi.advanceTimersByTimeAsync(500)
  server.socket.cut()
  server.state.mine = [view({ unread: 3, at_seq: 53, rev: 41 })]
  server.state.topics['room:7'] = 53
  server.state.changes = [{ topic: 'room:7', seq: 53, since: 50, messages: messages(51, 53) }]
  await vi.advanceTimersByTimeAsync(2_000)
  await until(() => timeline.messages.at(-1)?.seq === 53)
  expect(timeline.newAfter).toBe(50)
})

test('what could not be marked as unread is read on', async () => {
  const tab = await counting()
  server.answers['reads.unmark'] = () => new Refusal('unavailable')
  const timeline = tab.messages.open(7)
  await until(() => timeline.loading === '')
  tab.messages.atEnd(7, true)
  await expect(tab.reads.markUnread(message(49))).rejects.toThrow()
  server.change(post(51))
  await vi.advanceTimersByTimeAsync(500)
  expect(server.called('reads.mark')).toEqual([{ room: 7, seq: 51 }])
})

test('what one marks as unread stays so until the room is opened again', async () => {
  const tab = await counting()
  server.answers['reads.unmark'] = () => view({ read_seq: 48, unread: 2, rev: 41 })
  const timeline = tab.messages.open(7)
  await until(() => timeline.loading === '')
  tab.messages.atEnd(7, true)
  await tab.reads.markUnread(message(49))
  await vi.advanceTimersByTimeAsync(1_000)
  expect(tab.unread()).toBe(2)
  expect(server.called('reads.mark')).toEqual([])
  tab.messages.close()
  await quiet()
  tab.messages.open(7)
  tab.messages.atEnd(7, true)
  await vi.advanceTimersByTimeAsync(500)
  expect(server.called('reads.mark')).toEqual([{ room: 7, seq: 50 }])
})
