/** The emoji that one used last, and the skin tone that one chose. */
import { computed, shallowRef } from 'vue'

import { recall, remember, remembered } from './remembered'

const USUAL = ['👍', '❤️', '😂']
const REMEMBERED = 18
const used = shallowRef((recall('emoji.recent') ?? '').split(' ').filter(Boolean))

/** Filled up with what most people use. */
export const recent = computed(() => [...new Set([...used.value, ...USUAL])])

export function use(text: string) {
  used.value = [text, ...used.value.filter((one) => one !== text)].slice(0, REMEMBERED)
  remember('emoji.recent', used.value.join(' '))
}

/** 0 is none. */
export const tone = remembered('emoji.tone', 0)
