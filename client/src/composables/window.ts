/**
 * Of a long list only a part is in the page: the end of it, or a part further up that moves with the view. It may begin
 * small, so that it shows at once, and grow in steps between which the page answers.
 */
import { computed, ref, type Ref } from 'vue'

const SIZE = 200
const STEP = 60
const GROWTH = 10

interface Keyed {
  key: string
}

/** `items` is in order; what is in the page begins and ends where `up` and `down` have moved it. */
export function useWindow<T extends Keyed>(items: Ref<T[]>, first = SIZE) {
  const size = ref(first)
  /** The key of the last one in the page; null while the page holds the end of the list. */
  const last = ref<string | null>(null)

  const end = computed(() => {
    const at = last.value === null ? -1 : items.value.findIndex((item) => item.key === last.value)
    return at < 0 ? items.value.length : at + 1
  })
  const start = computed(() => Math.max(0, end.value - size.value))
  const shown = computed(() => items.value.slice(start.value, end.value))
  const holdsEnd = computed(() => end.value === items.value.length)

  /** A step towards its size, and the older; at once where it holds them all, so that what comes pushes nothing out. */
  function grow() {
    if (items.value.length) size.value = start.value > 0 ? Math.min(SIZE, size.value + GROWTH) : SIZE
  }

  /** Moves towards the older, or will by growing; false when it holds the oldest already. */
  function up(): boolean {
    if (start.value === 0) return false
    if (size.value >= SIZE) moveTo(end.value - STEP)
    return true
  }

  /** Moves towards the newer; false when it holds the newest already. */
  function down(): boolean {
    if (holdsEnd.value) return false
    moveTo(end.value + STEP)
    return true
  }

  /** Lets what comes at the end stay outside for now, so that nothing at the start has to go. */
  function hold() {
    last.value ??= items.value.at(-1)?.key ?? null
  }

  function toEnd() {
    last.value = null
  }

  /** Brings the item into the page, with others on both sides. */
  function show(key: string) {
    const at = items.value.findIndex((item) => item.key === key)
    if (at < 0) return
    size.value = SIZE
    if (at < start.value || at >= end.value) moveTo(at + SIZE / 2)
  }

  function moveTo(index: number) {
    last.value = index >= items.value.length ? null : (items.value[Math.max(index, size.value) - 1]?.key ?? null)
  }

  return { shown, start, holdsEnd, grow, up, down, hold, toEnd, show }
}
