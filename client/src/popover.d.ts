import 'vue'

// Vue's types do not know the attribute yet.
declare module 'vue' {
  interface HTMLAttributes {
    popover?: 'auto' | 'manual'
  }
}
