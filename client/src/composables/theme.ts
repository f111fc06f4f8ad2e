/** Light, dark, or as the system. */
import { watchEffect } from 'vue'

import { remembered } from './remembered'

export type Theme = 'system' | 'light' | 'dark'

export const theme = remembered<Theme>('theme', 'system')

watchEffect(() => {
  document.documentElement.dataset.theme = theme.value
})
