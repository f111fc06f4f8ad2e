/** What Enter does where one writes, on this device: where it breaks the line, Shift+Enter sends. */
import { remembered } from './remembered'

export const enter = remembered<'sends' | 'breaks'>('enter', 'sends')
