/** `/dev/gallery`: every component in every state, without a server. Only for those who make Chinwag; no wheel holds it. */
import './fixed'
import '@/styles/tokens.css'
import '@/styles/base.css'
import '@/composables/theme'

import { createApp } from 'vue'

import { toasts } from '@/composables/toasts'
import { route, start } from '@/router'
import { connection } from '@/stores/connection'
import { hearTyping } from '@/stores/presence'
import * as sync from '@/sync'

import { feel } from './feel'
import GalleryPage from './GalleryPage.vue'
import { rooms } from './rows'

const { pathname, search } = location
await start([{ path: /^/, view: GalleryPage }], () => pathname)
Object.assign(route, { name: 'room', path: '/rooms/garden', params: { slug: 'garden' }, query: { panel: 'profile:4' } })
await sync.start()
for (const user of [2, 3]) hearTyping({ room: rooms.lobby.id, user })
toasts.value = [
  { id: 1, text: 'Copied.', kind: 'note' },
  { id: 2, text: 'The message was deleted.', kind: 'note', action: { label: 'Undo', act: () => undefined } },
  { id: 3, text: 'The server is busy. Try again in a moment.', kind: 'error' },
]
while (connection.state !== 'online') await new Promise((resolve) => setTimeout(resolve, 10))
createApp(GalleryPage, { only: new URLSearchParams(search).get('only') ?? '' }).mount('#app')
feel()
