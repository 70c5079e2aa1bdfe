import { vi } from 'vitest'

// Files that share a process share what is installed, which is most of what they load, and never what a module of ours holds.
vi.resetModules()
