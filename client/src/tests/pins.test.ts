import { expect, test } from 'vitest'

import { message, messages, server, startTab } from './world'

const pinned = (seq: number, more = {}) => message(seq, { pinned: true, ...more })

async function showing() {
  server.answers['messages.pins'] = ({ room }: { room: number }) => ({ messages: messages(room, room).map((row) => ({ ...row, room })), more: false })
  await startTab()
  return import('../stores/pins')
}

test('an answer that comes late puts the pins of its own room there, and no other’s', async () => {
  const { pins, readPins } = await showing()
  await Promise.all([readPins(7, true), readPins(8, true)])
  expect(pins.get(7)?.map((row) => row.room)).toEqual([7])
  expect(pins.get(8)?.map((row) => row.room)).toEqual([8])
})

test('what is pinned, unpinned and deleted while the panel is open comes and goes', async () => {
  const { pins, readPins, forgetPins } = await showing()
  await readPins(7, true)
  server.change({ topic: 'room:7', seq: 51, messages: [pinned(41, { rev: 51 }), message(42, { rev: 51 })] })
  expect(pins.get(7)?.map((row) => row.seq)).toEqual([41, 7])
  server.change({ topic: 'room:7', seq: 52, messages: [message(7, { rev: 52 })] })
  expect(pins.get(7)?.map((row) => row.seq)).toEqual([41])
  forgetPins(7)
  server.change({ topic: 'room:7', seq: 53, messages: [pinned(43, { rev: 53 })] })
  expect(pins.get(7)).toBeUndefined()
})
