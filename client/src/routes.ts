/** Which address shows what. Only the room comes with the first load; the list of what most visits do not need follows. */
import { recall } from './composables/remembered'
import type { More, Page } from './router'
import RoomView from './views/RoomView.vue'

export const routes: (Page | More)[] = [
  { path: /^\/rooms\/(?<slug>[^/]+)(?:\/(?<seq>\d+))?$/, name: 'room', view: RoomView },
  { path: /^\/rooms$/, name: 'list', view: () => import('./views/ListView.vue') },
  { path: /^\/sign-in$/, view: () => import('./views/SignInView.vue'), open: true },
  { path: /^\/sign-up$/, view: () => import('./views/SignUpView.vue'), open: true },
  { path: /^\/visit$/, view: () => import('./views/VisitView.vue'), open: true },
  { path: /^\/setup$/, view: () => import('./views/SetupView.vue'), open: true },
  { path: /^\/join$/, view: () => import('./views/JoinView.vue'), open: true },
  { more: () => import('./pages') },
]

/** Where one was last. */
export const home = () => `/rooms/${recall('room') ?? 'lobby'}`
