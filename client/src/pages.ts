/** Which address shows what, but for the room and what anybody may see. */
import type { Page } from './router'

export const pages: Page[] = [
  { path: /^\/inbox(?:\/(?<kind>mentions|threads|reactions|reminders))?$/, view: () => import('./views/InboxView.vue') },
  { path: /^\/browse$/, view: () => import('./views/BrowseView.vue') },
  { path: /^\/settings\/(?<page>profile|notifications|sessions|tokens|appearance)$/, view: () => import('./views/SettingsView.vue') },
  { path: /^\/saved(?:\/done)?$/, view: () => import('./views/SavedView.vue') },
  { path: /^\/settings\/emoji$/, view: () => import('./views/EmojiView.vue') },
  { path: /^\/search$/, name: 'search', view: () => import('./views/SearchView.vue') },
  { path: /^\/(?:new|share)$/, view: () => import('./views/ShareView.vue') },
  { path: /^\/people$/, view: () => import('./views/PeopleView.vue') },
  { path: /^\/invites$/, view: () => import('./views/InvitesView.vue') },
  { path: /^\/later$/, view: () => import('./views/LaterView.vue') },
  { path: /^\/admin\/reports(?:\/(?<done>done))?$/, view: () => import('./views/ReportsView.vue') },
  { path: /^\/admin$/, view: () => import('./views/AdminView.vue') },
  { path: /^/, view: () => import('./views/NotFoundView.vue') },
]
