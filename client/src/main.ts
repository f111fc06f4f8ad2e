import './styles/tokens.css'
import './styles/base.css'
import './composables/theme'

import { createApp } from 'vue'

import App from './App.vue'
import * as router from './router'
import { speak } from './language'
import { home, routes } from './routes'
import { connection } from './stores/connection'
import { attach, start } from './sync'
import { keepShell } from './trusted'

const SHELL_MS = 2_000

void start()
// Not at the top of the module: what speaks may be a part that waits for this one.
void speak().then(() => {
  void router.start(routes, home)
  createApp(App).mount('#app')
})
// Once what is shown has come, so that it takes nothing from it.
attach({ resume: () => setTimeout(() => connection.state === 'online' && keepShell(), SHELL_MS), clear: () => undefined })
