import { expect, it } from 'vitest'
import { ref } from 'vue'

import { useWindow } from '@/composables/window'

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({ key: String(from + index) }))

function ends(shown: { key: string }[]) {
  return [shown[0]?.key, shown.at(-1)?.key, shown.length]
}

it('holds the end of the list, and what is added to it', () => {
  const items = ref(numbered(0, 500))
  const { shown } = useWindow(items)
  expect(ends(shown.value)).toEqual(['300', '499', 200])
  items.value = numbered(0, 510)
  expect(ends(shown.value)).toEqual(['310', '509', 200])
})

it('moves up and stays there while the list grows at either end', () => {
  const items = ref(numbered(0, 500))
  const { shown, up, holdsEnd } = useWindow(items)
  expect(up()).toBe(true)
  expect(ends(shown.value)).toEqual(['240', '439', 200])
  items.value = numbered(-50, 600)
  expect(ends(shown.value)).toEqual(['240', '439', 200])
  expect(holdsEnd.value).toBe(false)
})

it('holds what it shows while the list grows, when told to', () => {
  const items = ref(numbered(0, 200))
  const { shown, hold, down, holdsEnd } = useWindow(items)
  hold()
  items.value = numbered(0, 210)
  expect(ends(shown.value)).toEqual(['0', '199', 200])
  expect(down()).toBe(true)
  expect(holdsEnd.value).toBe(true)
})

it('reaches both ends and says so', () => {
  const items = ref(numbered(0, 300))
  const { shown, up, down, holdsEnd } = useWindow(items)
  while (up());
  expect(ends(shown.value)).toEqual(['0', '199', 200])
  while (down());
  expect(ends(shown.value)).toEqual(['100', '299', 200])
  expect(holdsEnd.value).toBe(true)
})

it('shows a short list whole', () => {
  const { shown, up, down } = useWindow(ref(numbered(0, 12)))
  expect(ends(shown.value)).toEqual(['0', '11', 12])
  expect([up(), down()]).toEqual([false, false])
})

it('brings one item into the page with others around it', () => {
  const { shown, show } = useWindow(ref(numbered(0, 500)))
  show('120')
  expect(shown.value.findIndex((item) => item.key === '120')).toBeGreaterThan(20)
  expect(shown.value).toHaveLength(200)
})

it('falls back to the end when the item it ended with is gone', () => {
  const items = ref(numbered(0, 500))
  const { shown, up } = useWindow(items)
  up()
  items.value = numbered(450, 500)
  expect(ends(shown.value)).toEqual(['450', '499', 50])
})

it('begins small and grows to its size, towards the older', () => {
  const { shown, grow, up } = useWindow(ref(numbered(0, 500)), 20)
  expect(ends(shown.value)).toEqual(['480', '499', 20])
  expect(up()).toBe(true)
  grow()
  expect(ends(shown.value)).toEqual(['470', '499', 30])
  for (let step = 0; step < 100; step += 1) grow()
  expect(ends(shown.value)).toEqual(['300', '499', 200])
})

it('has its whole size around what it is to show', () => {
  const { shown, show } = useWindow(ref(numbered(0, 500)), 20)
  show('120')
  expect(ends(shown.value)).toEqual(['20', '219', 200])
})

it('grows no further than the list', () => {
  const items = ref(numbered(0, 25))
  const { shown, grow, up } = useWindow(items, 20)
  grow()
  expect(ends(shown.value)).toEqual(['0', '24', 25])
  expect(up()).toBe(false)
  items.value = numbered(0, 45)
  for (let step = 0; step < 3; step += 1) grow()
  expect(ends(shown.value)).toEqual(['0', '44', 45])
})

it('keeps what it holds when more comes while it is small', () => {
  const items = ref<{ key: string }[]>([])
  const { shown, grow } = useWindow(items, 20)
  grow()
  items.value = numbered(0, 50)
  expect(ends(shown.value)).toEqual(['30', '49', 20])
  items.value = numbered(0, 2)
  grow()
  items.value = numbered(0, 24)
  expect(ends(shown.value)).toEqual(['0', '23', 24])
})
